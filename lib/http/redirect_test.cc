#include "lib/http/redirect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace probefarm {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

std::optional<HttpRequest> Follow(HttpRequest request, int status, std::string const& location) {
  request.url = "https://host/dir/file";
  request.headers = {{"Authorization", "secret"}};
  return FollowRedirect(request, {status, {{"location", location}}, ""});
}

HttpRequest Request(std::string const& method, std::string const& body = "") {
  HttpRequest request;
  request.method = method;
  request.body = body;
  return request;
}

TEST(FollowRedirect, ResolvesAgainstTheUrlAsked) {
  EXPECT_EQ(Follow(Request("GET"), 302, "other")->url, "https://host/dir/other");
  EXPECT_EQ(Follow(Request("GET"), 302, "/top?x=1")->url, "https://host/top?x=1");
  EXPECT_EQ(Follow(Request("GET"), 302, "//cdn/a")->url, "https://cdn/a");
}

TEST(FollowRedirect, KeepsHeadersForTheSameOriginOnly) {
  EXPECT_THAT(Follow(Request("GET"), 302, "https://HOST:443/x")->headers, SizeIs(1));
  EXPECT_THAT(Follow(Request("GET"), 302, "https://host:8443/x")->headers, IsEmpty());
  EXPECT_THAT(Follow(Request("GET"), 302, "http://host/x")->headers, IsEmpty());
  EXPECT_THAT(Follow(Request("GET"), 302, "https://host.evil.test/x")->headers, IsEmpty());
}

TEST(FollowRedirect, StaysWithHttp) {
  EXPECT_FALSE(Follow(Request("GET"), 302, "file:///etc/passwd"));
  EXPECT_FALSE(Follow(Request("GET"), 302, "ftp://host/x"));
  EXPECT_FALSE(Follow(Request("GET"), 302, "http://"));
}

TEST(FollowRedirect, OnlyRedirectsWithALocationAreFollowed) {
  EXPECT_FALSE(Follow(Request("GET"), 200, "/x"));
  EXPECT_FALSE(Follow(Request("GET"), 304, "/x"));
  EXPECT_FALSE(FollowRedirect(Request("GET"), {302, {}, ""}));
}

TEST(FollowRedirect, RepeatsAMethodOrTurnsItIntoGet) {
  EXPECT_EQ(Follow(Request("POST", "x"), 303, "/x")->method, "GET");
  EXPECT_EQ(Follow(Request("POST", "x"), 302, "/x")->body, "");
  EXPECT_EQ(Follow(Request("POST", "x"), 307, "/x")->body, "x");
  EXPECT_EQ(Follow(Request("PUT", "x"), 302, "/x")->method, "PUT");
  EXPECT_EQ(Follow(Request("HEAD"), 303, "/x")->method, "HEAD");
}

TEST(FollowRedirect, ASourceCannotBeReadTwice) {
  HttpRequest request = Request("PUT");
  request.body_source = [](char*, size_t) { return 0; };
  EXPECT_FALSE(Follow(request, 307, "/x"));
  EXPECT_TRUE(Follow(request, 303, "/x"));
}

}  // namespace
}  // namespace probefarm
