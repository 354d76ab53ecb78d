#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace probefarm::fake_github {

// The name that git gives to a file's content: the SHA-1 of "blob <size>\0<content>", in
// hexadecimal.
std::string GitBlobSha(absl::string_view content);

}  // namespace probefarm::fake_github
