#include "coordinator/web/withdrawn_assets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace probefarm {
namespace {

using ::testing::Contains;
using ::testing::Pair;

class Rest final : public HttpHandler {
 public:
  HttpAnswer Answer(IncomingRequest const& /*request*/) override {
    return TextAnswer(200, "bytes");
  }
};

class WithdrawnAssetsTest : public testing::Test {
 protected:
  HttpAnswer Get(std::string const& rest) {
    return assets_.Answer({.method = "GET", .rest = rest});
  }

  WithdrawnAssets assets_{std::make_unique<Rest>(),
                          [](std::string const& tag, std::string const& file) {
                            return tag == "8.0.0+driver/x86_64" && file == "gone.o"
                                       ? std::optional<std::string>("withdrawn: does not load")
                                       : std::nullopt;
                          }};
};

TEST_F(WithdrawnAssetsTest, WhatIsGoneIsAnsweredWithTheReasonAndNotKept) {
  HttpAnswer const answer = Get("8.0.0+driver/x86_64/gone.o");
  EXPECT_EQ(answer.status, 410);
  EXPECT_EQ(answer.body, "withdrawn: does not load\n");
  EXPECT_THAT(answer.headers, Contains(Pair("Content-Type", "text/plain; charset=utf-8")));
  EXPECT_THAT(answer.headers, Contains(Pair("Cache-Control", "no-store")));
}

TEST_F(WithdrawnAssetsTest, AllElseIsTheOthersBusiness) {
  for (char const* const rest :
       {"8.0.0+driver/x86_64/there.o", "7.0.0+driver/x86_64/gone.o", "gone.o", ""})
    EXPECT_EQ(Get(rest).status, 200) << rest;
}

}  // namespace
}  // namespace probefarm
