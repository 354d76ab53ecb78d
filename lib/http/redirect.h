#pragma once

#include <optional>

#include "lib/http/http_client.h"

namespace probefarm {

// The request that follows when `response` answers `request`, or nullopt when it is not a redirect
// that can be followed: not to http(s), or the body would have to be sent again but came from a
// source. On another scheme, host or port the request's headers are left out, for they may hold a
// token. A 303 (but to a HEAD), and a POST's 301 and 302, become a GET without body and without
// headers about one; 307, 308 and all else repeat the method and the body (RFC 9110, section 15.4).
// `Location` may be relative. Timeouts, limits and functions carry over. Pure.
std::optional<HttpRequest> FollowRedirect(HttpRequest const& request, HttpResponse const& response);

}  // namespace probefarm
