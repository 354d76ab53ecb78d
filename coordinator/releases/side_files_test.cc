#include "coordinator/releases/side_files.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "coordinator/releases/release_fixture.h"
#include "coordinator/store/await.h"
#include "lib/build/sample_build_spec.h"
#include "lib/digest/sha256.h"
#include "lib/index/provenance.h"
#include "lib/index/release_index.h"
#include "lib/runtime/status_matchers.h"
#include "lib/signing/dsse_envelope.h"
#include "lib/signing/sample_keys.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SideFilesTest : public ReleaseFixture {
 protected:
  std::string File(std::string const& name) const {
    return host_.SideFile(kTag, name).value_or("none");
  }
  std::string Sums() const { return File("SHA256SUMS"); }
  // What SHA256SUMS has of the other side files, as they are.
  std::string SideFileLines() const {
    return absl::StrCat(Sha256Hex(File("index.json")), "  index.json\n",
                        Sha256Hex(File("provenance.jsonl")), "  provenance.jsonl\n");
  }
  void Mark(std::string const& name, AssetPresence presence) {
    ASSERT_OK(
        Await<bool>([&](auto done) { store_.MarkAsset(kTag, name, presence, std::move(done)); }));
  }

  SideFiles side_files_{&store_, &host_, &metrics_};
};

class SignedSideFilesTest : public SideFilesTest {
 protected:
  bool SumsAreSigned() const { return key_.public_key().Verifies(Sums(), File("SHA256SUMS.sig")); }

  SigningKey const key_ = SampleKey();
  SideFiles signed_{&store_, &host_, &metrics_, &key_};
};

TEST_F(SideFilesTest, ListsWhatTheReleaseHolds) {
  Publish("6.2", "two");
  Publish("6.1", "one");
  side_files_.RunOnce();
  ASSERT_OK(side_files_.last_error());
  EXPECT_EQ(Sums(), absl::StrCat(Sha256Hex("one"), "  6.1.o\n", Sha256Hex("two"), "  6.2.o\n",
                                 SideFileLines()));
}

TEST_F(SideFilesTest, SayWhatEachAssetIsAndHowItWasBuilt) {
  Publish("6.1", "one");
  side_files_.RunOnce();
  ASSERT_OK(side_files_.last_error());
  ASSERT_OK_AND_ASSIGN(ReleaseIndex const index,
                       ParseReleaseIndex(host_.SideFile(kTag, "index.json").value_or("")));
  EXPECT_EQ(index.tag, kTag);
  ASSERT_THAT(index.probes, SizeIs(1));
  EXPECT_EQ(index.probes[0].asset_name, "6.1.o");
  EXPECT_EQ(index.probes[0].sha256, Sha256Hex("one"));
  BuildSpec const spec = SampleBuildSpec();
  EXPECT_EQ(index.probes[0].builder.sha256, spec.image.archive.sha256);
  EXPECT_THAT(index.probes[0].headers, SizeIs(spec.headers.size()));
  ASSERT_OK_AND_ASSIGN(Provenance const provenance,
                       ParseProvenance(host_.SideFile(kTag, "provenance.jsonl").value_or("")));
  EXPECT_EQ(provenance.asset_name, "6.1.o");
  EXPECT_EQ(provenance.sha256, Sha256Hex("one"));
  EXPECT_EQ(provenance.spec, ToJson(spec));
}

TEST_F(SideFilesTest, AreWrittenOncePerChange) {
  Publish("6.1", "one");
  side_files_.RunOnce();
  ASSERT_OK(host_.WriteSideFile({"", kTag}, "SHA256SUMS", "as it was"));
  side_files_.RunOnce();
  EXPECT_EQ(Sums(), "as it was");
  Publish("6.2", "two");
  side_files_.RunOnce();
  EXPECT_THAT(Sums(), HasSubstr("6.2.o"));
}

TEST_F(SideFilesTest, LeaveOutWhatTheHostLost) {
  Publish("6.1", "one");
  Publish("6.2", "two");
  Mark("6.1.o", AssetPresence::kMissing);
  side_files_.RunOnce();
  EXPECT_EQ(Sums(), absl::StrCat(Sha256Hex("two"), "  6.2.o\n", SideFileLines()));
}

TEST_F(SideFilesTest, StayStaleWhileTheHostFails) {
  Publish("6.1", "one");
  host_.FailWith(absl::UnavailableError("bad gateway"));
  side_files_.RunOnce();
  EXPECT_THAT(side_files_.last_error(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr(kTag)));
  EXPECT_EQ(Sums(), "none");
  host_.FailWith(absl::OkStatus());
  side_files_.RunOnce();
  EXPECT_OK(side_files_.last_error());
  EXPECT_THAT(Sums(), HasSubstr("6.1.o"));
}

TEST_F(SideFilesTest, AreNotSignedWithoutAKey) {
  Publish("6.1", "one");
  side_files_.RunOnce();
  EXPECT_EQ(File("SHA256SUMS.sig"), "none");
  ASSERT_OK_AND_ASSIGN(DsseEnvelope const envelope, ParseDsse(File("provenance.jsonl")));
  EXPECT_THAT(envelope.signatures, IsEmpty());
}

TEST_F(SignedSideFilesTest, SignTheSumsAndEachLineOfTheProvenance) {
  Publish("6.1", "one");
  Publish("6.2", "two");
  signed_.RunOnce();
  ASSERT_OK(signed_.last_error());
  EXPECT_TRUE(SumsAreSigned());
  std::vector<std::string> const lines = absl::StrSplit(File("provenance.jsonl"), '\n');
  ASSERT_THAT(lines, SizeIs(3));
  for (int i = 0; i < 2; ++i) {
    ASSERT_OK_AND_ASSIGN(DsseEnvelope const envelope, ParseDsse(lines[i]));
    EXPECT_NE(VerifyDsse(envelope, {key_.public_key()}), nullptr) << i;
  }
}

// Whoever sees the new SHA256SUMS must be able to have the rest.
TEST_F(SignedSideFilesTest, WriteTheSumsWhenAllThatTheyVouchForIsThere) {
  Publish("6.1", "one");
  for (std::string const failing :
       {"provenance.jsonl", "index.json", "SHA256SUMS.sig", "SHA256SUMS"}) {
    Publish(absl::StrCat("6.9.", failing), failing);
    std::string const before = Sums();
    host_.FailSideFile(failing);
    signed_.RunOnce();
    EXPECT_FALSE(signed_.last_error().ok());
    EXPECT_EQ(Sums(), before) << failing;
    host_.FailSideFile("");
    signed_.RunOnce();
    ASSERT_OK(signed_.last_error());
    EXPECT_TRUE(SumsAreSigned());
    EXPECT_THAT(Sums(), HasSubstr(SideFileLines()));
  }
}

TEST_F(SideFilesTest, SaysWhenTheStoreIsGone) {
  store_.Shutdown();
  side_files_.RunOnce();
  EXPECT_THAT(side_files_.last_error(), StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace probefarm
