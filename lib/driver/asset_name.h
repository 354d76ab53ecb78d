#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/driver/probe.h"

namespace probefarm {

// `{driver name}_{target}_{kernel release}_{kernel version}.{ko|o}`: what the loaders ask for. Not
// yet sanitised. Pure, like all below. "falco_debian_6.1.170-3-cloud-amd64_1.o". The name holds no
// arch, and cannot be taken apart again for certain: a kernel's release and version may
// hold a `_`.
std::string ProbeFileName(absl::string_view driver_name, ProbeId const& probe);

// OK when `name` can be a driver's: of the module, of its device, and in front of every file name.
// A letter of a-z, then up to 39 of a-z, 0-9 and _ (a kernel module's name has at most 55 bytes).
// Else INVALID_ARGUMENT.
absl::Status CheckDriverName(absl::string_view name);

// What GitHub makes of an asset's name (REST API, "Upload a release asset", says that names with
// special characters or with periods at their ends are changed): every run of characters outside
// [A-Za-z0-9._+@-] becomes one `.`, dots at the ends go. A fixed point: sanitising twice changes
// nothing. Empty when nothing is left. Two names can become one: "a~b" and "a.b".
std::string SanitizeAssetName(absl::string_view name);

// OK when `name` can stand as the last part of a path and of a URL: not empty, at most 255 bytes,
// no `/`, no control characters, neither "." nor "..". Else INVALID_ARGUMENT with the name escaped.
absl::Status CheckFileName(absl::string_view name);

// The tag of the release that holds a probe, so that `releases/download/<tag>/<file>` is what the
// loaders ask for: generation A `{version}`, later ones `{version}/{arch}`. Forty hexadecimal
// digits are not allowed as a tag: such a version's tag is its first eight.
std::string ReleaseTag(ProbeId const& probe);

// Percent-encodes (RFC 3986, upper-case digits) what may not stand in a URL path; keeps `/`, `@`
// and what needs no encoding. `+` becomes %2B, which every server understands, and which the bash
// loaders ask for.
std::string EncodeUrlPath(absl::string_view path);

}  // namespace probefarm
