#pragma once

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace probefarm {

// Names a row of a table of tests by its place and what PrintTo says of it, such as
// "4_output_stays_in_its_tree": letters, digits and "_" are all that a test's name may have. The
// last argument of INSTANTIATE_TEST_SUITE_P.
struct RowName {
  template <typename Row>
  std::string operator()(testing::TestParamInfo<Row> const& row) const {
    std::string name = absl::StrCat(row.index, "_");
    for (char const c : testing::PrintToString(row.param)) {
      if (absl::ascii_isalnum(static_cast<unsigned char>(c)))
        name += c;
      else if (name.back() != '_')
        name += '_';
    }
    return std::string(absl::StripSuffix(name, "_"));
  }
};

}  // namespace probefarm
