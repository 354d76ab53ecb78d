#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace probefarm {

// In one line how two files differ: "first at byte 4711, in section .text; 12 bytes longer than
// what is published". The section is the built file's; either file may be anything. Pure.
std::string DescribeDifference(absl::string_view built, absl::string_view published);

}  // namespace probefarm
