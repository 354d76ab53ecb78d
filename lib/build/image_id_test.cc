#include "lib/build/image_id.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;

TEST(ImageId, IsADigestWithItsName) {
  EXPECT_OK(CheckImageId("sha256:" + std::string(64, 'a')));
  for (std::string const& wrong :
       {std::string(64, 'a'), "sha256:" + std::string(63, 'a'), "sha256:" + std::string(64, 'A'),
        std::string("bookworm"), std::string()}) {
    EXPECT_THAT(CheckImageId(wrong), StatusIs(absl::StatusCode::kInvalidArgument,
                                              HasSubstr("'" + wrong + "' is no image id")));
  }
  EXPECT_THAT(CheckImageId("two\nlines"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("two\\nlines")));
}

}  // namespace
}  // namespace probefarm
