#include "worker/inputs/builder_image.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "lib/digest/sha256.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/fake_clock.h"
#include "lib/runtime/status_matchers.h"
#include "worker/engine/fake_container_engine.h"
#include "worker/engine/image_archive.h"
#include "worker/inputs/fake_http_client.h"

namespace probefarm {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

class BuilderImagesTest : public testing::Test {
 protected:
  BuilderImagesTest() {
    std::string const path = folder_ / "image.tar";
    image_.id = *WriteImageArchive(path, "builder", {{"bin/sh", {.mode = 0755}}});
    std::string const archive = ReadWholeFile(path);
    image_.archive = {"builder.tar",
                      Sha256Hex(archive),
                      static_cast<int64_t>(archive.size()),
                      {"http://c/builder.tar"}};
    http_.Serve("http://c/builder.tar", archive);
  }

  absl::Status Ensure() { return images_.Ensure(image_, nullptr, nullptr); }

  TemporaryFolder folder_;
  FakeHttpClient http_;
  FakeClock clock_;
  FakeContainerEngine engine_;
  std::unique_ptr<InputCache> cache_ =
      *InputCache::Open({.folder = folder_ / "cache"}, &http_, &clock_);
  BuilderImages images_{&engine_, cache_.get()};
  ImageInput image_;
};

TEST_F(BuilderImagesTest, LoadsAnImageOnce) {
  ASSERT_OK(Ensure());
  ASSERT_OK(Ensure());
  EXPECT_TRUE(*engine_.HasImage(image_.id));
  auto const calls = engine_.calls();
  EXPECT_EQ(std::count(calls.begin(), calls.end(), EngineCall::kLoadImage), 1);
}

TEST_F(BuilderImagesTest, FetchesNothingWhenTheEngineHasIt) {
  engine_.AddImage(image_.id);
  ASSERT_OK(Ensure());
  EXPECT_THAT(http_.urls(), IsEmpty());
}

TEST_F(BuilderImagesTest, RefusesAnArchiveWithAnotherImage) {
  std::string const held = std::exchange(image_.id, "sha256:" + std::string(64, '0'));
  EXPECT_THAT(Ensure(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                 AllOf(HasSubstr(image_.id), HasSubstr(image_.archive.sha256))));
}

TEST_F(BuilderImagesTest, SaysThatTheArchiveIsGone) {
  http_.Fail("http://c/builder.tar", 404);
  EXPECT_THAT(Ensure(), StatusIs(absl::StatusCode::kNotFound, HasSubstr("builder.tar")));
}

}  // namespace
}  // namespace probefarm
