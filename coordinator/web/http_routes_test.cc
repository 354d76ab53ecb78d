#include "coordinator/web/http_routes.h"

#include <gtest/gtest.h>

namespace probefarm {
namespace {

class HttpRoutesTest : public testing::Test {
 protected:
  HttpRoutesTest() {
    for (char const* path : {"/healthz", "/releases/", "/releases/download/"})
      routes_.Add(path, std::make_unique<HttpHandler>());
  }
  HttpRoutes routes_;
};

TEST_F(HttpRoutesTest, MatchesAWholePathOnly) {
  EXPECT_EQ(routes_.Find("/healthz").route, "/healthz");
  EXPECT_EQ(routes_.Find("/healthz/x").handler, nullptr);
  EXPECT_EQ(routes_.Find("/health").handler, nullptr);
}

TEST_F(HttpRoutesTest, TakesTheLongestPrefix) {
  EXPECT_EQ(routes_.Find("/releases/x").route, "/releases/");
  HttpRoutes::Match const match = routes_.Find("/releases/download/8.0.0+driver/x86_64/a.o");
  EXPECT_EQ(match.route, "/releases/download/");
  EXPECT_EQ(match.rest, "8.0.0+driver/x86_64/a.o");
  EXPECT_NE(match.handler, nullptr);
}

TEST_F(HttpRoutesTest, AnswersNothingElse) {
  for (char const* path : {"/", "", "/releases", "//healthz", "/x/"})
    EXPECT_EQ(routes_.Find(path).handler, nullptr) << path;
}

}  // namespace
}  // namespace probefarm
