#pragma once

#include <string>

#include "absl/status/status.h"
#include "lib/http/http_client.h"

namespace probefarm {

// "PUT https://host/path": for messages. No query, fragment or user, which may hold a secret. Takes
// any text for a URL; what is not printable is escaped. Pure.
std::string DescribeRequest(HttpRequest const& request);

// INVALID_ARGUMENT unless the URL is one of http(s), and method and headers are what HTTP calls so:
// a line end in a header would begin another one. The message never holds a header's value. Pure.
absl::Status CheckRequest(HttpRequest const& request);

}  // namespace probefarm
