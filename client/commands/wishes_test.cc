#include "client/commands/wishes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr char kProbe[] = R"({"id": 7, "driver_version": "8.0.0+driver", "target": "debian",
    "kernel_release": "6.1.0-1", "kernel_version": "1", "arch": "x86_64", "kind": "bpf"})";

TEST(Wishes, AreReadFromWhatTheClientPrintsOfJobs) {
  ASSERT_OK_AND_ASSIGN(auto const wishes, ReadWishes(std::string("[") + kProbe + "]"));
  ASSERT_THAT(wishes, SizeIs(1));
  EXPECT_EQ(wishes[0].probe().kernel_release(), "6.1.0-1");
  EXPECT_EQ(DescribeWish(wishes[0]), "8.0.0+driver debian 6.1.0-1 #1 x86_64 bpf");
}

TEST(Wishes, OfNothingAreNone) {
  ASSERT_OK_AND_ASSIGN(auto const wishes, ReadWishes("[]"));
  EXPECT_THAT(wishes, SizeIs(0));
}

TEST(Wishes, WhatIsWrongIsNamed) {
  EXPECT_THAT(ReadWishes("{}"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ReadWishes("[1"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ReadWishes("[1]"), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("[0]")));
  EXPECT_THAT(ReadWishes(std::string("[") + kProbe + ", {\"driver_version\": 8}]"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("[1].driver_version")));
  std::string wasm = kProbe;
  wasm.replace(wasm.find("bpf"), 3, "wasm");
  EXPECT_THAT(ReadWishes("[" + wasm + "]"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("[0].kind: wasm")));
}

}  // namespace
}  // namespace probefarm
