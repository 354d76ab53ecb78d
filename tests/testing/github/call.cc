#include "tests/testing/github/call.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace probefarm::fake_github {
namespace {

using Parts = std::vector<absl::string_view>;

bool Is(Call const& call, absl::string_view method) { return call.head.method == method; }

// GET, PATCH or DELETE of one thing.
FakeCallKind ByMethod(Call const& call, FakeCallKind get, FakeCallKind patch, FakeCallKind remove) {
  if (Is(call, "GET")) return get;
  if (Is(call, "PATCH")) return patch;
  return Is(call, "DELETE") ? remove : FakeCallKind::kAny;
}

FakeCallKind AssetKind(Call const& call) {
  bool const bytes = absl::StrContains(call.head.Header("accept"), "application/octet-stream");
  return ByMethod(call, bytes ? FakeCallKind::kDownloadAsset : FakeCallKind::kGetAsset,
                  FakeCallKind::kPatchAsset, FakeCallKind::kDeleteAsset);
}

FakeCallKind ReleaseKind(Call& call, Parts const& rest) {
  if (rest.size() == 1)
    return ByMethod(call, FakeCallKind::kGetRelease, FakeCallKind::kPatchRelease,
                    FakeCallKind::kDeleteRelease);
  if (rest.size() != 2 || rest[1] != "assets") return FakeCallKind::kAny;
  if (Is(call, "GET")) return FakeCallKind::kListAssets;
  return Is(call, "POST") && call.host == Host::kUploads ? FakeCallKind::kUpload
                                                         : FakeCallKind::kAny;
}

FakeCallKind ReleasesKind(Call& call, Parts const& rest) {
  if (rest.empty()) {
    if (Is(call, "POST")) return FakeCallKind::kCreateRelease;
    return Is(call, "GET") ? FakeCallKind::kListReleases : FakeCallKind::kAny;
  }
  if (rest[0] == "tags" && rest.size() == 2 && Is(call, "GET")) {
    call.tag = PercentDecode(rest[1], false);
    return FakeCallKind::kGetReleaseByTag;
  }
  if (rest[0] == "assets" && rest.size() == 2 && absl::SimpleAtoi(rest[1], &call.asset_id))
    return AssetKind(call);
  return absl::SimpleAtoi(rest[0], &call.release_id) ? ReleaseKind(call, rest) : FakeCallKind::kAny;
}

FakeCallKind ContentsKind(Call& call, Parts const& rest) {
  call.file = PercentDecode(absl::StrJoin(rest, "/"), false);
  if (Is(call, "GET")) return FakeCallKind::kGetContents;
  return Is(call, "PUT") ? FakeCallKind::kPutContents : FakeCallKind::kAny;
}

FakeCallKind RepositoryKind(Call& call, Parts const& rest) {
  if (rest.empty()) return Is(call, "GET") ? FakeCallKind::kGetRepository : FakeCallKind::kAny;
  Parts const below(rest.begin() + 1, rest.end());
  if (rest[0] == "releases") return ReleasesKind(call, below);
  return rest[0] == "contents" && !below.empty() ? ContentsKind(call, below) : FakeCallKind::kAny;
}

FakeCallKind ApiKind(Call& call, Parts const& parts) {
  if (parts.size() >= 3 && parts[0] == "repos") {
    call.repository =
        absl::StrCat(PercentDecode(parts[1], false), "/", PercentDecode(parts[2], false));
    return RepositoryKind(call, Parts(parts.begin() + 3, parts.end()));
  }
  if (parts.size() >= 2 && parts[0] == "repositories" &&
      absl::SimpleAtoi(parts[1], &call.repository_id))
    return RepositoryKind(call, Parts(parts.begin() + 2, parts.end()));
  if (parts == Parts{"rate_limit"} && Is(call, "GET")) return FakeCallKind::kRateLimit;
  bool const token = parts.size() == 4 && parts[0] == "app" && parts[1] == "installations" &&
                     parts[3] == "access_tokens" && Is(call, "POST");
  return token && absl::SimpleAtoi(parts[2], &call.installation) ? FakeCallKind::kCreateToken
                                                                 : FakeCallKind::kAny;
}

bool IsRead(Call const& call) { return Is(call, "GET") || Is(call, "HEAD"); }

// /o/r/releases/download/<tag, slashes and all>/<name>
FakeCallKind WebKind(Call& call, Parts const& parts) {
  if (parts.size() < 6 || parts[2] != "releases" || parts[3] != "download" || !IsRead(call))
    return FakeCallKind::kAny;
  call.repository = absl::StrCat(parts[0], "/", parts[1]);
  call.tag = PercentDecode(absl::StrJoin(parts.begin() + 4, parts.end() - 1, "/"), false);
  call.file = PercentDecode(parts.back(), false);
  return FakeCallKind::kDownloadAsset;
}

// /asset/<id>/<name>
FakeCallKind StorageKind(Call& call, Parts const& parts) {
  bool const known = parts.size() == 3 && parts[0] == "asset" &&
                     absl::SimpleAtoi(parts[1], &call.asset_id) && IsRead(call);
  return known ? FakeCallKind::kStorage : FakeCallKind::kAny;
}

FakeCallKind KindAt(Call& call, Parts const& parts) {
  if (call.host == Host::kWeb) return WebKind(call, parts);
  if (call.host == Host::kStorage) return StorageKind(call, parts);
  FakeCallKind const kind = ApiKind(call, parts);
  return call.host == Host::kUploads && kind != FakeCallKind::kUpload ? FakeCallKind::kAny : kind;
}

std::map<std::string, std::string> ParseQuery(absl::string_view text) {
  std::map<std::string, std::string> query;
  for (absl::string_view const field : absl::StrSplit(text, '&', absl::SkipEmpty())) {
    std::pair<absl::string_view, absl::string_view> const pair =
        absl::StrSplit(field, absl::MaxSplits('=', 1));
    query[PercentDecode(pair.first, true)] = PercentDecode(pair.second, true);
  }
  return query;
}

}  // namespace

absl::string_view HostName(Host host) {
  switch (host) {
    case Host::kApi:
      return "api";
    case Host::kUploads:
      return "uploads";
    case Host::kWeb:
      return "web";
    case Host::kStorage:
      return "storage";
  }
  return "";
}

std::string Call::Query(std::string const& name) const {
  auto const found = query.find(name);
  return found == query.end() ? "" : found->second;
}

Call RouteCall(Host host, RequestHead head) {
  Call call;
  call.host = host;
  call.head = std::move(head);
  std::pair<std::string, std::string> const target =
      absl::StrSplit(call.head.target, absl::MaxSplits('?', 1));
  call.path = target.first;
  call.query = ParseQuery(target.second);
  Parts parts = absl::StrSplit(absl::string_view(call.path).substr(1), '/');
  call.kind = KindAt(call, parts);
  return call;
}

std::string PercentDecode(absl::string_view text, bool query) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    bool const escape = text[i] == '%' && i + 2 < text.size() &&
                        absl::ascii_isxdigit(text[i + 1]) && absl::ascii_isxdigit(text[i + 2]);
    if (escape) {
      decoded += absl::HexStringToBytes(text.substr(i + 1, 2));
      i += 2;
    } else {
      decoded += query && text[i] == '+' ? ' ' : text[i];
    }
  }
  return decoded;
}

std::string PercentEncode(absl::string_view text) {
  std::string encoded;
  for (char const c : text) {
    if (absl::ascii_isalnum(c) || absl::StrContains("-._~", absl::string_view(&c, 1)))
      encoded += c;
    else
      absl::StrAppendFormat(&encoded, "%%%02X", static_cast<unsigned char>(c));
  }
  return encoded;
}

}  // namespace probefarm::fake_github
