#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace probefarm {

// INVALID_ARGUMENT unless it is an http or https URL with a host, of visible ASCII. The host itself
// is not looked at. The message quotes the URL, so it must hold no secret.
absl::Status CheckHttpUrl(absl::string_view url);

// The last part of the URL's path, without query and fragment; may be empty.
//
//   FileNameOf("https://x.example/a/libs-8.0.0.tar.gz?raw=1")  "libs-8.0.0.tar.gz"
std::string FileNameOf(absl::string_view url);

}  // namespace probefarm
