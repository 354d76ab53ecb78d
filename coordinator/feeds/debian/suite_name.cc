#include "coordinator/feeds/debian/suite_name.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace probefarm::debian {
namespace {

constexpr std::array<absl::string_view, 13> kCodenames = {
    "oldoldstable", "oldstable", "stable",   "testing", "unstable", "experimental", "sid",
    "buster",       "bullseye",  "bookworm", "trixie",  "forky",    "duke"};

bool IsSuiteCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.' || c == '_' ||
         c == '+' || c == '~';
}

}  // namespace

bool IsSuiteName(absl::string_view name) {
  return !name.empty() && name.front() != '.' &&
         std::all_of(name.begin(), name.end(), IsSuiteCharacter);
}

absl::string_view CodenameOf(absl::string_view suite) { return suite.substr(0, suite.find('-')); }

bool IsSecuritySuite(absl::string_view suite) { return absl::EndsWith(suite, "-security"); }

bool IsDebianSuite(absl::string_view suite) {
  return std::find(kCodenames.begin(), kCodenames.end(), CodenameOf(suite)) != kCodenames.end();
}

}  // namespace probefarm::debian
