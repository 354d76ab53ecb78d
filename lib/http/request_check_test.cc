#include "lib/http/request_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace probefarm {
namespace {

std::string Description(std::string const& url) {
  HttpRequest request;
  request.url = url;
  return DescribeRequest(request);
}

TEST(DescribeRequest, LeavesSecretsOut) {
  EXPECT_EQ(Description("http://host/path?token=secret"), "GET http://host/path");
  EXPECT_EQ(Description("http://user:secret@host/a@b#secret"), "GET http://host/a@b");
  EXPECT_EQ(Description("http://user:sec@ret@host"), "GET http://host");
}

TEST(DescribeRequest, SurvivesWhatIsNoUrl) {
  EXPECT_EQ(Description(""), "GET ");
  EXPECT_EQ(Description("a\nb"), "GET a\\nb");
}

}  // namespace
}  // namespace probefarm
