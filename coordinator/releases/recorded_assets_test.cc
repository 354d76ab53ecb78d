#include "coordinator/releases/recorded_assets.h"

#include <gmock/gmock.h>

#include "coordinator/releases/release_fixture.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;

using RecordedAssetsTest = ReleaseFixture;

TEST_F(RecordedAssetsTest, AreReadToTheLastPage) {
  for (char const* kernel : {"6.1", "6.2", "6.3"}) Publish(kernel, kernel);
  for (int const page_size : {1, 2, 3, 4}) {
    ASSERT_OK_AND_ASSIGN(std::vector<PublishedAsset> const assets,
                         RecordedAssets(store_, {.tag = kTag}, page_size));
    EXPECT_THAT(assets, ElementsAre(Field(&PublishedAsset::asset_name, "6.1.o"),
                                    Field(&PublishedAsset::asset_name, "6.2.o"),
                                    Field(&PublishedAsset::asset_name, "6.3.o")))
        << page_size;
  }
}

TEST_F(RecordedAssetsTest, AreNotKnownWhenTheStoreIsGone) {
  store_.Shutdown();
  EXPECT_THAT(RecordedAssets(store_, {}), StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace probefarm
