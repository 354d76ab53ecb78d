// A folder of releases that others have filled, taken over by the shipped programs.
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "lib/digest/sha256.h"
#include "lib/runtime/status_matchers.h"
#include "tests/integration/small_farm.h"

namespace probefarm {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::SizeIs;

class AdoptionTest : public SmallFarm {
 protected:
  AdoptionTest() {
    config_.releases =
        absl::StrCat("{reconcile_interval: 1s, directory: {root: ", folder_.path(), "/releases}}");
  }
  void Put(std::string const& name, std::string const& bytes) {
    std::filesystem::create_directories(release_);
    std::ofstream(release_ + "/" + name) << bytes;
  }
  void WaitForTampered(int count) {
    ASSERT_OK(WaitUntil(absl::StrCat(count, " tampered"), [&] {
      absl::StatusOr<json> const status = farm_.Ask({"status"});
      return status.ok() && (*status)["releases"]["tampered"] == count;
    }));
  }

  std::string const release_ = farm_.releases() + "/8.0.0+driver/x86_64";
  // What loaders ask for on the kernel of the small archive.
  std::string const probe_ = "falco_debian_6.1.1-1-cloud-amd64_1.o";
  std::string const module_ = "falco_debian_6.1.1-1-cloud-amd64_1.ko";
  // Of a kernel that no feed lists any more.
  std::string const old_ = "falco_debian_5.10.205-2-amd64_1.o";
};

TEST_F(AdoptionTest, NothingIsBuiltOrRenamedThatIsThere) {
  for (std::string const& name : {probe_, module_, old_}) Put(name, "bytes of " + name);
  Put("README.md", "by somebody else");
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  ASSERT_OK_AND_ASSIGN(json const backfill, farm_.Ask({"backfill"}));
  EXPECT_EQ(backfill["enqueued"], 0);
  EXPECT_EQ(backfill["already_published"], 2);
  ASSERT_OK_AND_ASSIGN(json const probes, farm_.Ask({"probes"}));
  ASSERT_THAT(probes, SizeIs(3));
  for (json const& probe : probes) {
    std::string const name = probe["asset_name"];
    EXPECT_EQ(probe["adopted"], true);
    EXPECT_EQ(probe["sha256"], Sha256Hex("bytes of " + name));
    EXPECT_EQ(ReadWholeFile(release_ + "/" + name), "bytes of " + name);
  }
  ASSERT_OK_AND_ASSIGN(json const releases, farm_.Ask({"releases"}));
  EXPECT_EQ(releases["foreign"], 1);
  ASSERT_THAT(releases["assets"], SizeIs(1));
  EXPECT_EQ(releases["assets"][0]["asset_name"], "README.md");
  EXPECT_EQ(releases["assets"][0]["finding"], "foreign");
  EXPECT_EQ(ReadWholeFile(release_ + "/README.md"), "by somebody else");
  ASSERT_OK(WaitUntil("the side files tell of them",
                      [&] { return std::filesystem::exists(release_ + "/SHA256SUMS"); }));
  EXPECT_THAT(ReadWholeFile(release_ + "/SHA256SUMS"),
              HasSubstr(Sha256Hex("bytes of " + old_) + "  " + old_));
}

TEST_F(AdoptionTest, OtherBytesThanTheRecordedAreShown) {
  Put(probe_, "as it was");
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  ASSERT_OK(farm_.Ask({"backfill", "--dry-run"}));
  Put(probe_, "as somebody made it");
  ASSERT_NO_FATAL_FAILURE(WaitForTampered(1));
  ASSERT_OK_AND_ASSIGN(json const releases, farm_.Ask({"releases"}));
  ASSERT_THAT(releases["assets"], SizeIs(1));
  json const asset = releases["assets"][0];
  EXPECT_EQ(asset["finding"], "tampered");
  EXPECT_EQ(asset["asset_name"], probe_);
  EXPECT_EQ(asset["held_sha256"], Sha256Hex("as somebody made it"));
  EXPECT_EQ(asset["recorded_sha256"], Sha256Hex("as it was"));
  ASSERT_OK_AND_ASSIGN(SubprocessResult const status, farm_.Client({"status"}));
  EXPECT_THAT(status.output, HasSubstr("tampered     1 assets are not what was published"));
  ASSERT_OK_AND_ASSIGN(SubprocessResult const table, farm_.Client({"releases"}));
  EXPECT_THAT(table.output, AllOf(HasSubstr("1 tampered"), HasSubstr(Sha256Hex("as it was")),
                                  HasSubstr(Sha256Hex("as somebody made it"))));
  Put(probe_, "as it was");
  ASSERT_NO_FATAL_FAILURE(WaitForTampered(0));
}

}  // namespace
}  // namespace probefarm
