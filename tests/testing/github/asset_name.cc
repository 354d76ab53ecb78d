#include "tests/testing/github/asset_name.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace probefarm::fake_github {
namespace {

bool IsKept(char c) {
  return absl::ascii_isalnum(c) || absl::StrContains("._+@-", absl::string_view(&c, 1));
}

}  // namespace

std::string RewriteAssetName(absl::string_view name) {
  std::string rewritten;
  bool in_run = false;
  for (char const c : name) {
    if (IsKept(c)) rewritten += c;
    if (!IsKept(c) && !in_run) rewritten += '.';
    in_run = !IsKept(c);
  }
  size_t const first = rewritten.find_first_not_of('.');
  if (first == std::string::npos) return "";
  return rewritten.substr(first, rewritten.find_last_not_of('.') - first + 1);
}

}  // namespace probefarm::fake_github
