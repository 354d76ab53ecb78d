// The coordinator's database is gone: the releases alone tell what is published.
#include "tests/integration/lost_catalog.h"

#include "lib/runtime/status_matchers.h"
#include "tests/integration/small_farm.h"

namespace probefarm {
namespace {

using nlohmann::json;
using testing::SizeIs;

class LostCatalogTest : public BuildingFarm {
 protected:
  std::string SideFile(std::string const& name) const {
    return ReadWholeFile(farm_.releases() + "/8.0.0+driver/x86_64/" + name);
  }
};

TEST_F(LostCatalogTest, IsFoundAgainInTheReleases) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  auto const worker = StartWorker("w", 2);
  ASSERT_NO_FATAL_FAILURE(PublishAll());
  ASSERT_OK_AND_ASSIGN(json const before, farm_.Ask({"probes"}));
  ASSERT_THAT(before, SizeIs(2));
  std::string const index = SideFile("index.json");
  std::string const provenance = SideFile("provenance.jsonl");
  ASSERT_OK(RestartWithoutDatabase(farm_));
  ASSERT_NO_FATAL_FAILURE(WaitForFeeds());
  ASSERT_NO_FATAL_FAILURE(ExpectSameProbes(farm_, before));
  ASSERT_NO_FATAL_FAILURE(WaitForSideFiles());
  EXPECT_EQ(SideFile("index.json"), index);
  EXPECT_EQ(SideFile("provenance.jsonl"), provenance);
}

}  // namespace
}  // namespace probefarm
