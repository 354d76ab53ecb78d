#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/driver/probe.h"

namespace probefarm {

// `{driver name}_{target}_{kernel release}_{kernel version}.{ko|o}`: what the loaders ask for. Not
// yet sanitised.
std::string ProbeFileName(absl::string_view driver_name, ProbeId const& probe);

// What GitHub makes of an asset's name: every run of characters outside [A-Za-z0-9._+@-] becomes
// one `.`, dots at the ends go. A fixed point: sanitising twice changes nothing.
std::string SanitizeAssetName(absl::string_view name);

// OK when `name` can stand as the last part of a path and of a URL: not empty, at most 255 bytes,
// no `/`, no control characters, neither "." nor "..".
absl::Status CheckFileName(absl::string_view name);

// The tag of the release that holds a probe, so that `releases/download/<tag>/<file>` is what the
// loaders ask for: generation A `{version}`, later ones `{version}/{arch}`. Forty hexadecimal
// digits are not allowed as a tag: such a version's tag is its first eight.
std::string ReleaseTag(ProbeId const& probe);

// Percent-encodes what may not stand in a URL path; keeps `/`. `+` becomes %2B, which every server
// understands.
std::string EncodeUrlPath(absl::string_view path);

}  // namespace probefarm
