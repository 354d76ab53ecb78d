#pragma once

#include "absl/strings/string_view.h"

namespace probefarm {

// Names that a release keeps for files beside its assets, which the coordinator writes, never a
// worker. All are reserved, the signature's also where nobody signs.
inline constexpr char kSha256SumsName[] = "SHA256SUMS";  // see sha256sums.h
// 64 bytes, Ed25519, over exactly the bytes of SHA256SUMS; see public_key.h.
inline constexpr char kSha256SumsSignatureName[] = "SHA256SUMS.sig";
inline constexpr char kIndexName[] = "index.json";             // see release_index.h
inline constexpr char kProvenanceName[] = "provenance.jsonl";  // see provenance.h
// What a release says of itself to people, on hosts that have no other place for it.
inline constexpr char kNotesName[] = "NOTES.md";

// Of the new one, on hosts that cannot rename over the old.
inline constexpr char kNextSuffix[] = ".next";

// One of the names above, or that name with ".next": the new one, on hosts that cannot rename over
// the old; or a bundle's name. Such a name is no asset, and a probe may not take it.
bool IsSideFileName(absl::string_view name);

}  // namespace probefarm
