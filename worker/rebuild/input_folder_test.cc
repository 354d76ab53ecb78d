#include "worker/rebuild/input_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/build/sample_build_spec.h"
#include "lib/digest/sha256.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/fake_clock.h"
#include "lib/runtime/status_matchers.h"
#include "worker/inputs/fake_http_client.h"

namespace probefarm {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

class InputFolderTest : public testing::Test {
 protected:
  InputFolderTest() {
    SetContent(spec_.image.archive, "image");
    SetContent(spec_.headers.at(0).file, "headers");
  }

  static void SetContent(Input& input, std::string const& content) {
    input.sha256 = Sha256Hex(content);
    input.size = static_cast<int64_t>(content.size());
  }

  absl::Status Take() { return TakeInputsFrom(folder_ / "in", spec_, *cache_); }

  TemporaryFolder folder_;
  FakeClock clock_;
  FakeHttpClient http_;
  BuildSpec spec_ = SampleBuildSpec();
  std::unique_ptr<InputCache> cache_ =
      InputCache::Open({.folder = folder_ / "cache"}, &http_, &clock_).value();
};

TEST_F(InputFolderTest, WhatItHasByNameOrDigestIsNotFetched) {
  folder_.Write("in/" + spec_.image.archive.name, "image");
  folder_.Write("in/" + spec_.headers[0].file.sha256, "headers");
  ASSERT_OK(Take());
  ASSERT_OK(cache_->Fetch(spec_.image.archive, nullptr, nullptr));
  ASSERT_OK(cache_->Fetch(spec_.headers[0].file, nullptr, nullptr));
  EXPECT_THAT(http_.urls(), IsEmpty());
}

TEST_F(InputFolderTest, AFileWithOtherBytesIsNamed) {
  folder_.Write("in/" + spec_.image.archive.name, "another");
  EXPECT_THAT(Take(), StatusIs(absl::StatusCode::kDataLoss,
                               AllOf(HasSubstr(Sha256Hex("another")), HasSubstr(Sha256Hex("image")),
                                     HasSubstr(spec_.image.archive.name))));
}

TEST_F(InputFolderTest, WhatItDoesNotHaveIsLeftToTheUrls) {
  EXPECT_OK(Take());
  EXPECT_THAT(cache_->Fetch(spec_.image.archive, nullptr, nullptr),
              StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace probefarm
