#include "tests/testing/github/call_kind.h"

#include <array>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace probefarm {
namespace {

using Named = std::pair<FakeCallKind, absl::string_view>;

constexpr std::array<Named, 19> kNames = {{
    {FakeCallKind::kAny, "any"},
    {FakeCallKind::kGetRepository, "get-repository"},
    {FakeCallKind::kCreateRelease, "create-release"},
    {FakeCallKind::kListReleases, "list-releases"},
    {FakeCallKind::kGetRelease, "get-release"},
    {FakeCallKind::kGetReleaseByTag, "get-release-by-tag"},
    {FakeCallKind::kPatchRelease, "patch-release"},
    {FakeCallKind::kDeleteRelease, "delete-release"},
    {FakeCallKind::kListAssets, "list-assets"},
    {FakeCallKind::kGetAsset, "get-asset"},
    {FakeCallKind::kPatchAsset, "patch-asset"},
    {FakeCallKind::kDeleteAsset, "delete-asset"},
    {FakeCallKind::kUpload, "upload"},
    {FakeCallKind::kDownloadAsset, "download-asset"},
    {FakeCallKind::kStorage, "storage"},
    {FakeCallKind::kGetContents, "get-contents"},
    {FakeCallKind::kPutContents, "put-contents"},
    {FakeCallKind::kCreateToken, "create-token"},
    {FakeCallKind::kRateLimit, "rate-limit"},
}};

}  // namespace

absl::string_view FakeCallKindName(FakeCallKind kind) {
  for (auto const& [known, name] : kNames)
    if (known == kind) return name;
  return "any";
}

absl::StatusOr<FakeCallKind> ParseFakeCallKind(absl::string_view name) {
  for (auto const& [kind, known] : kNames)
    if (known == name) return kind;
  return absl::InvalidArgumentError(absl::StrCat("no kind of call is named \"", name, "\""));
}

}  // namespace probefarm
