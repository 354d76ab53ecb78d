#include "coordinator/releases/github/side_file_swap.h"

#include <gtest/gtest.h>

namespace probefarm {
namespace {

using Side = std::optional<GitHubAsset>;

GitHubAsset Whole(std::string const& sha256) {
  GitHubAsset asset;
  asset.state = "uploaded";
  asset.sha256 = sha256;
  return asset;
}
GitHubAsset Starter() {
  GitHubAsset asset;
  asset.state = "starter";
  return asset;
}

TEST(SideFileSwap, TheWayFromNothing) {
  EXPECT_EQ(NextSwapStep({}, {}, "new"), SwapStep::kUploadFirst);
  EXPECT_EQ(NextSwapStep(Whole("new"), {}, "new"), SwapStep::kDone);
}

TEST(SideFileSwap, TheWayFromAnOlderVersion) {
  EXPECT_EQ(NextSwapStep(Whole("old"), {}, "new"), SwapStep::kUploadNext);
  EXPECT_EQ(NextSwapStep(Whole("old"), Whole("new"), "new"), SwapStep::kDeleteOld);
  EXPECT_EQ(NextSwapStep({}, Whole("new"), "new"), SwapStep::kRenameNext);
  EXPECT_EQ(NextSwapStep(Whole("new"), {}, "new"), SwapStep::kDone);
}

TEST(SideFileSwap, AnotherNextThanTheOneThatIsWanted) {
  EXPECT_EQ(NextSwapStep(Whole("old"), Whole("older"), "new"), SwapStep::kDeleteNext);
  EXPECT_EQ(NextSwapStep(Whole("new"), Whole("older"), "new"), SwapStep::kDeleteNext);
  EXPECT_EQ(NextSwapStep({}, Whole("older"), "new"), SwapStep::kRenameNext)
      << "it is the only copy that readers have";
}

TEST(SideFileSwap, WhatIsNotWholeGoes) {
  EXPECT_EQ(NextSwapStep(Whole("old"), Starter(), "new"), SwapStep::kDeleteNext);
  EXPECT_EQ(NextSwapStep({}, Starter(), "new"), SwapStep::kDeleteNext);
  EXPECT_EQ(NextSwapStep(Starter(), {}, "new"), SwapStep::kDeleteOld);
  EXPECT_EQ(NextSwapStep(Starter(), Whole("new"), "new"), SwapStep::kDeleteOld);
}

TEST(SideFileSwap, ADigestThatNobodyKnowsIsNotTheOneThatIsWanted) {
  EXPECT_EQ(NextSwapStep(Whole(""), {}, "new"), SwapStep::kUploadNext);
}

// From every state, through every crash between two steps: it ends, and a reader always finds X or
// X.next whole if there was one at first.
TEST(SideFileSwap, EndsFromEveryState) {
  Side const states[] = {Side(), Starter(), Whole(""), Whole("old"), Whole("new")};
  for (Side const& first : states) {
    for (Side const& second : states) {
      Side current = first;
      Side next = second;
      bool const readable = (current && current->uploaded()) || (next && next->uploaded());
      int steps = 0;
      SwapStep step;
      while ((step = NextSwapStep(current, next, "new")) != SwapStep::kDone) {
        ASSERT_LT(++steps, 8);
        switch (step) {
          case SwapStep::kUploadFirst:
            ASSERT_FALSE(current);
            current = Whole("new");
            break;
          case SwapStep::kUploadNext:
            ASSERT_FALSE(next);
            next = Whole("new");
            break;
          case SwapStep::kDeleteNext:
            next.reset();
            break;
          case SwapStep::kDeleteOld:
            current.reset();
            break;
          case SwapStep::kRenameNext:
            ASSERT_FALSE(current);
            current = next;
            next.reset();
            break;
          case SwapStep::kDone:
            break;
        }
        EXPECT_TRUE(!readable || (current && current->uploaded()) || (next && next->uploaded()));
      }
    }
  }
}

}  // namespace
}  // namespace probefarm
