#include "client/output/progress.h"

#include <gtest/gtest.h>

#include <sstream>

namespace probefarm {
namespace {

TEST(ProgressLine, OffATerminalEachChangeIsALine) {
  std::ostringstream out;
  {
    ProgressLine line(out, /*smart=*/false);
    line.Show("1/2 done");
    line.Show("1/2 done");
    line.Show("2/2 done");
  }
  EXPECT_EQ(out.str(), "1/2 done\n2/2 done\n");
}

TEST(ProgressLine, OnATerminalItIsRewrittenAndLeftStanding) {
  std::ostringstream out;
  {
    ProgressLine line(out, /*smart=*/true);
    line.Show("1/2 done");
    line.Show("2/2 done");
  }
  EXPECT_EQ(out.str(), "\r\x1b[K1/2 done\r\x1b[K2/2 done\n");
}

}  // namespace
}  // namespace probefarm
