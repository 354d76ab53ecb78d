#include "coordinator/releases/directory/upload_verdict.h"

#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace probefarm {
namespace {

using Json = nlohmann::ordered_json;

constexpr absl::Duration kTroubleDelay = absl::Minutes(1);
constexpr size_t kShownBody = 300;

// Names come from outside and need not be UTF-8.
std::string Dump(Json const& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string Describe(UploadReport const& report) {
  if (report.http_status == 0) return absl::StrCat("no answer: ", report.error);
  return absl::StrCat("answer ", report.http_status, ": ",
                      absl::CHexEscape(report.body.substr(0, kShownBody)));
}

}  // namespace

UploadVerdict StoredVerdict(HostedAsset const& asset, bool there_before) {
  return {there_before ? 200 : 201, Dump({{"name", asset.asset_name},
                                          {"size", asset.size},
                                          {"digest", absl::StrCat("sha256:", asset.sha256)},
                                          {"url", asset.url}})};
}

UploadVerdict ErrorVerdict(int http_status, absl::string_view why) {
  return {http_status, Dump({{"error", std::string(why)}})};
}

UploadVerdict TroubleVerdict(absl::Status const& status) {
  if (absl::IsResourceExhausted(status))
    return ErrorVerdict(507, "the release directory has no room");
  return ErrorVerdict(500,
                      "the release directory cannot be written; the coordinator's log says why");
}

UploadOutcome InterpretVerdict(std::string const& asset_name, UploadReport const& report,
                               absl::Time now) {
  std::string const why = absl::StrCat("upload of ", asset_name, ": ", Describe(report));
  switch (report.http_status) {
    case 200:
    case 201:
      return UploadAccepted{asset_name};
    case 409:
      return UploadRefused{why};
    case 0:
    case 404:
    case 410:
    case 422:
      return UploadRetry{why};
    default:
      if (report.http_status >= 500 && report.http_status != 507) return UploadRetry{why};
      return WaitUntil{now + kTroubleDelay, why};
  }
}

}  // namespace probefarm
