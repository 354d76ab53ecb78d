#include "coordinator/web/input_pages.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "lib/digest/sha256.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::Contains;
using ::testing::Pair;

class InputPagesTest : public testing::Test {
 protected:
  HttpAnswer Get(std::string const& rest, std::map<std::string, std::string> headers = {}) {
    return pages_.Answer({.method = "GET", .rest = rest, .headers = std::move(headers)});
  }

  TemporaryFolder folder_;
  std::string const path_ = folder_.Write("image", "image");
  std::string const digest_ = Sha256Hex("image");
  LocalInputs inputs_;
  InputPages pages_{&inputs_};
};

TEST_F(InputPagesTest, ServesAnInputByItsDigest) {
  ASSERT_OK(inputs_.Add(digest_, path_));
  HttpAnswer const answer = Get(digest_);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.file->length, 5);
  EXPECT_THAT(answer.headers, Contains(Pair("ETag", absl::StrCat("\"sha256:", digest_, "\""))));
  EXPECT_EQ(Get(digest_, {{"range", "bytes=1-2"}}).status, 206);
}

TEST_F(InputPagesTest, ServesNothingElse) {
  ASSERT_OK(inputs_.Add(digest_, path_));
  for (std::string const& rest :
       {std::string(), std::string("../etc/passwd"), Sha256Hex("other"), digest_ + "/"})
    EXPECT_EQ(Get(rest).status, 404) << rest;
}

TEST_F(InputPagesTest, IsNotFoundWhenTheFileIsGone) {
  ASSERT_OK(inputs_.Add(digest_, path_));
  std::filesystem::remove(path_);
  EXPECT_EQ(Get(digest_).status, 404);
}

TEST_F(InputPagesTest, RegistersOnlyDigests) {
  EXPECT_THAT(inputs_.Add("latest", path_), StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace probefarm
