#pragma once

#include <string>

namespace probefarm {

// Whether the URL's host is `host`, whatever the scheme and the port; names are compared without
// regard to case, and an IPv6 address stands in brackets. False for what is no URL. Pure.
//
//   IsAtHost("https://farm.example:7601/uploads/x", "farm.example")  true
bool IsAtHost(std::string const& url, std::string const& host);

}  // namespace probefarm
