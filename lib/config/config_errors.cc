#include "lib/config/config_errors.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace probefarm {
namespace {

constexpr size_t kMostReported = 50;

}  // namespace

ConfigErrors::ConfigErrors(std::string file) : file_(std::move(file)) {}

void ConfigErrors::Add(int line, absl::string_view key, absl::string_view message) {
  errors_.push_back(
      {line, absl::StrCat(file_, ":", line, ": ", key, key.empty() ? "" : ": ", message)});
}

absl::Status ConfigErrors::ToStatus() const {
  if (errors_.empty()) return absl::OkStatus();
  std::vector<Error> sorted = errors_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](Error const& a, Error const& b) { return a.line < b.line; });
  std::vector<std::string> lines;
  for (Error const& error : sorted) {
    if (lines.size() == kMostReported) break;
    lines.push_back(error.text);
  }
  if (sorted.size() > lines.size())
    lines.push_back(absl::StrCat(file_, ": and ", sorted.size() - lines.size(), " more errors"));
  return absl::InvalidArgumentError(absl::StrJoin(lines, "\n"));
}

}  // namespace probefarm
