#include "coordinator/releases/github/github_link.h"

#include <gtest/gtest.h>

namespace probefarm {
namespace {

TEST(GitHubLink, NextIsFoundAmongOthers) {
  EXPECT_EQ(
      NextLink("<https://api.example/r?page=1>; rel=\"prev\", <https://api.example/r?page=3>; "
               "rel=\"next\", <https://api.example/r?page=9>; rel=\"last\""),
      "https://api.example/r?page=3");
  EXPECT_EQ(NextLink("<https://api.example/r?page=2>;rel=next"), "https://api.example/r?page=2");
}

TEST(GitHubLink, NothingIsNext) {
  for (char const* header :
       {"", "next", "<https://api.example/r?page=1>; rel=\"last\"", "<https://api.example",
        "https://x>; rel=\"next\"", "<https://x>; rel=\"nextish\""}) {
    EXPECT_EQ(NextLink(header), std::nullopt) << header;
  }
}

}  // namespace
}  // namespace probefarm
