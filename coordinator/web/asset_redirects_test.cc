#include "coordinator/web/asset_redirects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace probefarm {
namespace {

using ::testing::Contains;
using ::testing::Pair;

HttpAnswer Ask(std::string const& rest, absl::Status const& status = absl::OkStatus()) {
  AssetRedirects pages([&](std::string const& tag, std::string const& file) {
    return status.ok() ? absl::StatusOr<std::string>(absl::StrCat("https://x/", tag, "|", file))
                       : status;
  });
  IncomingRequest request;
  request.rest = rest;
  return pages.Answer(request);
}

TEST(AssetRedirects, SendToTheAssetsOwnUrl) {
  HttpAnswer const answer = Ask("8.0.0+driver/x86_64/a.ko");
  EXPECT_EQ(answer.status, 302);
  EXPECT_THAT(answer.headers, Contains(Pair("Location", "https://x/8.0.0+driver/x86_64|a.ko")));
}

TEST(AssetRedirects, WhatNobodyKnowsIsNotThere) {
  EXPECT_EQ(Ask("a.ko").status, 404);
  EXPECT_EQ(Ask("t/a.ko", absl::NotFoundError("no")).status, 404);
  EXPECT_EQ(Ask("t/a.ko", absl::UnavailableError("busy")).status, 500);
}

}  // namespace
}  // namespace probefarm
