#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace probefarm {

// The URL of rel="next" in a `Link` header (RFC 8288) as GitHub writes it; nullopt when there is
// none. Pure.
//
//   <https://api.github.com/repositories/1/releases?page=2>; rel="next", <…>; rel="last"
std::optional<std::string> NextLink(absl::string_view header);

}  // namespace probefarm
