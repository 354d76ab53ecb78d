#include "coordinator/feeds/debian/control_field.h"

#include "absl/strings/ascii.h"

namespace probefarm::debian {

bool IsContinuation(absl::string_view line) {
  return !line.empty() && (line.front() == ' ' || line.front() == '\t');
}

std::optional<ControlField> ParseControlField(absl::string_view line) {
  if (IsContinuation(line)) return std::nullopt;
  size_t const colon = line.find(':');
  if (colon == 0 || colon == absl::string_view::npos) return std::nullopt;
  return ControlField{line.substr(0, colon), absl::StripAsciiWhitespace(line.substr(colon + 1))};
}

}  // namespace probefarm::debian
