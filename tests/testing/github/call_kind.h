#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace probefarm {

// What a call is for. Counters and faults go by it. In text "list-assets" and the like: the name
// without its k.
enum class FakeCallKind {
  kAny,  // of a fault: every kind. Of a call: one that the fake does not know
  kGetRepository,
  kCreateRelease,
  kListReleases,
  kGetRelease,
  kGetReleaseByTag,
  kPatchRelease,
  kDeleteRelease,
  kListAssets,
  kGetAsset,
  kPatchAsset,
  kDeleteAsset,
  kUpload,
  kDownloadAsset,  // by the API with Accept: application/octet-stream, or browser_download_url
  kStorage,        // where a download is sent on to
  kGetContents,
  kPutContents,
  kCreateToken,
  kRateLimit,
};

absl::string_view FakeCallKindName(FakeCallKind kind);
// INVALID_ARGUMENT when there is none of that name.
absl::StatusOr<FakeCallKind> ParseFakeCallKind(absl::string_view name);

}  // namespace probefarm
