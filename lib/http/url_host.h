#pragma once

#include <string>

namespace probefarm {

// The host of a URL, in lower case, an IPv6 address in brackets; empty for what is no URL. Pure.
//
//   HostOfUrl("https://user@Mirror.example:8443/x")  "mirror.example"
std::string HostOfUrl(std::string const& url);

// Whether the URL's host is `host`, whatever the scheme and the port; names are compared without
// regard to case, and an IPv6 address stands in brackets. False for what is no URL. Pure.
//
//   IsAtHost("https://farm.example:7601/uploads/x", "farm.example")  true
bool IsAtHost(std::string const& url, std::string const& host);

// Whether both have the same scheme, host and port, where a port that is not named is the scheme's.
// Only there may a request's secrets go. False where one is no URL. Pure.
//
//   SameOrigin("https://api.example/a", "HTTPS://API.example:443/b")  true
bool SameOrigin(std::string const& url, std::string const& other);

}  // namespace probefarm
