#include "coordinator/scheduling/label.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace probefarm {
namespace {

constexpr size_t kLongest = 200;

}  // namespace

absl::Status CheckLabel(absl::string_view label) {
  size_t const equals = label.find('=');
  bool const is_one = equals != absl::string_view::npos && equals > 0 && label.size() <= kLongest &&
                      std::none_of(label.begin(), label.end(), absl::ascii_iscntrl);
  if (is_one) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("'", absl::Utf8SafeCHexEscape(label.substr(0, kLongest)),
                   "' is no label: KEY=VALUE, ", kLongest, " bytes at most"));
}

}  // namespace probefarm
