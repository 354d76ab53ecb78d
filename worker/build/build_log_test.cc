#include "worker/build/build_log.h"

#include <gtest/gtest.h>

#include <string>

namespace probefarm {
namespace {

class BuildLogTest : public testing::Test {
 protected:
  LogSink Sink() {
    return [this](absl::string_view bytes) { sent_.append(bytes.data(), bytes.size()); };
  }

  std::string sent_;
};

TEST_F(BuildLogTest, PassesOutputOn) {
  BuildLog log(100, Sink());
  log.AppendOutput("one\ntw");
  log.AppendOutput("o\n");
  EXPECT_EQ(sent_, "one\ntwo\n");
  EXPECT_EQ(log.tail(), "one\ntwo\n");
}

TEST_F(BuildLogTest, StartsItsOwnLinesOnANewLine) {
  BuildLog log(100, Sink());
  log.AppendLine("a");
  log.AppendOutput("b");
  log.AppendLine("c");
  EXPECT_EQ(sent_, "a\nb\nc\n");
}

TEST_F(BuildLogTest, SaysOnceThatOutputIsLeftOut) {
  BuildLog log(4, Sink());
  log.AppendOutput("abcdef");
  log.AppendOutput("ghi");
  EXPECT_EQ(sent_,
            "abcd\nprobefarm-worker: output beyond 4 bytes is left out; the build goes on\n");
}

TEST_F(BuildLogTest, PassesItsOwnLinesBeyondTheLimit) {
  BuildLog log(0, Sink());
  log.AppendOutput("x");
  sent_.clear();
  log.AppendLine("digest  name");
  EXPECT_EQ(sent_, "digest  name\n");
}

TEST_F(BuildLogTest, KeepsTheEndEvenOfWhatIsLeftOut) {
  BuildLog log(10, Sink());
  for (int i = 0; i < 100; ++i) log.AppendOutput(std::string(10'000, 'x'));
  log.AppendOutput("the end");
  EXPECT_EQ(log.tail().size(), 64 << 10);
  EXPECT_EQ(log.tail().substr(log.tail().size() - 8), "xthe end");
}

TEST(BuildLog, NeedsNoSink) {
  BuildLog log(10, nullptr);
  log.AppendOutput("x");
  EXPECT_EQ(log.tail(), "x");
}

}  // namespace
}  // namespace probefarm
