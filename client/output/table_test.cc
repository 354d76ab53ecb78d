#include "client/output/table.h"

#include <gtest/gtest.h>

#include <sstream>

namespace probefarm {
namespace {

TEST(Table, AlignsColumnsWithoutTrailingSpace) {
  Table table({"JOB", "STATE", "REASON"});
  table.AddRow({"7", "published", ""});
  table.AddRow({"1234", "failed", "no such member"});
  std::ostringstream out;
  table.Print(out);
  EXPECT_EQ(out.str(),
            "JOB   STATE      REASON\n"
            "7     published\n"
            "1234  failed     no such member\n");
}

TEST(Table, ACellCannotMoveTheCursor) {
  Table table({"REASON"});
  table.AddRow({"\x1b[2Jgone\n"});
  std::ostringstream out;
  table.Print(out);
  EXPECT_EQ(out.str(), "REASON\n?[2Jgone?\n");
}

}  // namespace
}  // namespace probefarm
