#include "worker/rebuild/published_build.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/build/sample_build_spec.h"
#include "lib/index/provenance.h"
#include "lib/index/release_index.h"
#include "lib/runtime/status_matchers.h"
#include "worker/inputs/fake_http_client.h"

namespace probefarm {
namespace {

using testing::HasSubstr;

constexpr char kRelease[] = "https://farm.example/releases/download/8.0.0%2Bdriver/x86_64";

class PublishedBuildTest : public testing::Test {
 protected:
  PublishedBuildTest() {
    IndexedProbe probe;
    probe.file_name = "falco_debian_6.1~1_1.o";
    probe.asset_name = "falco_debian_6.1.1_1.o";
    probe.url = "https://farm.example/a.o";
    probe.sha256 = kSha256;
    probe.size = 5;
    probe.published_at = absl::FromUnixSeconds(0);
    http_.Serve(Url("index.json"), RenderReleaseIndex({"t", {probe}}));
    ServeProvenance(kSha256);
  }

  static std::string Url(std::string const& name) { return kRelease + ("/" + name); }

  void ServeProvenance(std::string const& sha256) {
    Provenance other{"other.o", std::string(64, 'f'), kSpec, 1, 1, "w", absl::FromUnixSeconds(0)};
    Provenance wanted = other;
    wanted.asset_name = "falco_debian_6.1.1_1.o";
    wanted.sha256 = sha256;
    http_.Serve(Url("provenance.jsonl"),
                RenderProvenance(other).value() + RenderProvenance(wanted).value());
  }

  std::string const kSha256 = std::string(64, 'a');
  std::string const kSpec = ToJson(SampleBuildSpec());
  FakeHttpClient http_;
};

TEST_F(PublishedBuildTest, IsFoundByEitherNameAndEitherUrl) {
  for (char const* const name : {"falco_debian_6.1~1_1.o", "falco_debian_6.1.1_1.o"}) {
    for (std::string const& index : {std::string(kRelease), Url(""), Url("index.json")}) {
      ASSERT_OK_AND_ASSIGN(PublishedBuild const found, FindPublishedBuild(http_, index, name));
      EXPECT_EQ(found.sha256, kSha256);
      EXPECT_EQ(found.spec, kSpec);
      EXPECT_EQ(found.url, "https://farm.example/a.o");
    }
  }
}

TEST_F(PublishedBuildTest, SaysWhatTheReleaseDoesNotHave) {
  EXPECT_THAT(FindPublishedBuild(http_, kRelease, "x.o"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("x.o")));
  http_.Fail(Url("provenance.jsonl"), 404);
  EXPECT_THAT(FindPublishedBuild(http_, kRelease, "falco_debian_6.1.1_1.o"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("provenance.jsonl")));
}

TEST_F(PublishedBuildTest, RefusesAProvenanceOfOtherBytes) {
  ServeProvenance(std::string(64, 'b'));
  EXPECT_THAT(FindPublishedBuild(http_, kRelease, "falco_debian_6.1.1_1.o"),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr(std::string(64, 'b'))));
}

TEST_F(PublishedBuildTest, NamesAnIndexThatIsNone) {
  http_.Serve(Url("index.json"), "<html>");
  EXPECT_THAT(FindPublishedBuild(http_, kRelease, "x.o"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("index.json")));
}

}  // namespace
}  // namespace probefarm
