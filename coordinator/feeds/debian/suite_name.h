#pragma once

#include "absl/strings/string_view.h"

namespace probefarm::debian {

// Whether `name` can be one folder below `dists/` and in a cache: "bookworm-security", not "a/b" or
// "..".
bool IsSuiteName(absl::string_view name);

// What a suite belongs to: "bookworm" of "bookworm-security". Packages depend on packages of suites
// with the same codename.
absl::string_view CodenameOf(absl::string_view suite);

// Security suites live in an archive of their own.
bool IsSecuritySuite(absl::string_view suite);

// Whether the codename is one of Debian's: apt's sources hold other archives too. By name: Debian's
// codenames up to duke, and stable, testing and their like.
bool IsDebianSuite(absl::string_view suite);

}  // namespace probefarm::debian
