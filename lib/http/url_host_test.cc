#include "lib/http/url_host.h"

#include <gtest/gtest.h>

namespace probefarm {
namespace {

TEST(UrlHost, IsToldWithoutUserAndPort) {
  EXPECT_EQ(HostOfUrl("https://user:secret@Mirror.example:8443/debian?x=@"), "mirror.example");
  EXPECT_EQ(HostOfUrl("what is this"), "");
}

TEST(UrlHost, IsTheSameWhateverThePort) {
  for (char const* url : {"https://farm.example/a", "https://farm.example:7601/a?b=c",
                          "https://FARM.example", "http://farm.example:80/"})
    EXPECT_TRUE(IsAtHost(url, "farm.example")) << url;
  EXPECT_TRUE(IsAtHost("https://[::1]:7601/a", "[::1]"));
}

TEST(UrlHost, IsNotWhatOnlyHoldsIt) {
  for (char const* url :
       {"https://farm.example.org/a", "https://a.farm.example/", "https://farm.example@evil.org/",
        "https://evil.org/farm.example", "https://evil.org:443/#farm.example", "farm.example",
        "https://farm.example%00.evil.org/", ""})
    EXPECT_FALSE(IsAtHost(url, "farm.example")) << url;
}

}  // namespace
}  // namespace probefarm
