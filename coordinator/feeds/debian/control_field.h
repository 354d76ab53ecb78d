#pragma once

#include <optional>

#include "absl/strings/string_view.h"

namespace probefarm::debian {

// One `Name: value` line of a control file: a Release file, a stanza of a Packages index. Views
// into the line. Names are as they stand: Debian's files always have the same spelling. Format:
// deb822(5), Debian Policy 5.1.
struct ControlField {
  absl::string_view name;
  absl::string_view value;  // without the space around it
};

// Nothing for an empty line, a continuation (which begins with a space or a tab) or a line without
// a name.
//
//   ParseControlField("Suite: oldstable ")  {"Suite", "oldstable"}
std::optional<ControlField> ParseControlField(absl::string_view line);

// Whether the line goes on with the value of the field above it.
bool IsContinuation(absl::string_view line);

}  // namespace probefarm::debian
