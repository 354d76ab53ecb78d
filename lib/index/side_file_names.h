#pragma once

#include "absl/strings/string_view.h"

namespace probefarm {

// What a release holds beside its assets. Written by the coordinator, never by a worker.
inline constexpr char kSha256SumsName[] = "SHA256SUMS";
inline constexpr char kSha256SumsSignatureName[] = "SHA256SUMS.sig";
inline constexpr char kIndexName[] = "index.json";
inline constexpr char kProvenanceName[] = "provenance.jsonl";

// One of the names above, or that name with ".next": the new one, on hosts that cannot rename over
// the old. Such a name is no asset, and a probe may not take it.
bool IsSideFileName(absl::string_view name);

}  // namespace probefarm
