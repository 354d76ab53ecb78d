#include "coordinator/releases/adoption.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;

constexpr char kTag[] = "8.0.0+driver/x86_64";
constexpr char kName[] = "falco_debian_6.1.170-3-cloud-amd64_1.o";
std::string const kDigest(64, 'a');
std::string const kOther(64, 'b');

HostedAsset Held(std::string const& sha256 = kDigest) {
  return {.repository = "o/r",
          .tag = kTag,
          .asset_name = kName,
          .url = "https://example.org/a",
          .sha256 = sha256,
          .size = 7};
}
ProbeId Probe() {
  return {"8.0.0+driver", Arch::kX86_64, "debian", "6.1.170-3-cloud-amd64", "1", Kind::kBpf};
}
IndexedProbe Entry(std::string const& sha256 = kDigest) {
  IndexedProbe entry;
  entry.probe = Probe();
  entry.file_name = entry.asset_name = kName;
  entry.sha256 = sha256;
  entry.size = 7;
  entry.job = 41;
  entry.worker = "w1";
  entry.published_at = absl::FromUnixSeconds(1'700'000'000);
  entry.builder = {"builder.tar", kOther};
  return entry;
}
AdoptionTerms Terms() {
  AdoptionTerms terms;
  terms.driver_name = "falco";
  terms.versions = {"8.0.0+driver"};
  terms.names_complete = true;
  return terms;
}

std::string ProbeIn(Recognition const& recognition) {
  auto const* probe = std::get_if<RecognisedProbe>(&recognition);
  return probe == nullptr ? "none" : Describe(probe->probe);
}
std::string DisputeIn(Recognition const& recognition) {
  auto const* disputed = std::get_if<DisputedAsset>(&recognition);
  return disputed == nullptr ? "none" : disputed->why;
}

TEST(Adoption, BelievesTheIndexWhereItAgreesWithTheHost) {
  IndexedProbe const entry = Entry();
  Recognition const recognition = Recognise(Held(), nullptr, &entry, Terms());
  ASSERT_EQ(ProbeIn(recognition), Describe(Probe()));
  auto const& probe = std::get<RecognisedProbe>(recognition);
  EXPECT_EQ(probe.sha256, kDigest);
  EXPECT_EQ(probe.published_at, entry.published_at);
  ASSERT_OK_AND_ASSIGN(IndexedProbe const kept, ParseIndexedProbe(probe.index_entry));
  EXPECT_EQ(kept, entry);
}

TEST(Adoption, AsksTheIndexAlsoBeforeAnyFeedWasRead) {
  AdoptionTerms terms = Terms();
  terms.names_complete = false;
  terms.versions.clear();
  IndexedProbe const entry = Entry();
  EXPECT_EQ(ProbeIn(Recognise(Held(), nullptr, &entry, terms)), Describe(Probe()));
}

TEST(Adoption, DisputesOtherBytesThanTheIndexHas) {
  IndexedProbe const other_digest = Entry(kOther);
  EXPECT_THAT(DisputeIn(Recognise(Held(), nullptr, &other_digest, Terms())), HasSubstr(kOther));
  IndexedProbe other_size = Entry();
  other_size.size = 8;
  EXPECT_THAT(DisputeIn(Recognise(Held(), nullptr, &other_size, Terms())), HasSubstr("8 bytes"));
  EXPECT_THAT(DisputeIn(Recognise(Held(""), nullptr, &other_size, Terms())), HasSubstr("8 bytes"));
}

TEST(Adoption, LeavesAnUnknownDigestToTheCaller) {
  IndexedProbe const entry = Entry();
  Recognition const recognition = Recognise(Held(""), nullptr, &entry, Terms());
  ASSERT_EQ(ProbeIn(recognition), Describe(Probe()));
  EXPECT_EQ(std::get<RecognisedProbe>(recognition).sha256, kDigest);
}

TEST(Adoption, PassesOverAnEntryThatIsNotOfItsOwnName) {
  IndexedProbe other_target = Entry(kOther);
  other_target.probe.target = "ubuntu";
  IndexedProbe other_tag = Entry(kOther);
  other_tag.probe.driver_version = "9.0.0+driver";
  IndexedProbe other_name = Entry(kOther);
  other_name.file_name = "falco_debian_6.2_1.o";
  for (IndexedProbe const& entry : {other_target, other_tag, other_name}) {
    Recognition const recognition = Recognise(Held(), nullptr, &entry, Terms());
    ASSERT_EQ(ProbeIn(recognition), Describe(Probe())) << "read from its name";
    EXPECT_EQ(std::get<RecognisedProbe>(recognition).index_entry, "");
  }
}

TEST(Adoption, PrefersTheMatrixToTheRule) {
  AdoptionTerms terms = Terms();
  ProbeId wanted = Probe();
  wanted.kernel_release = "6.1.170~3-cloud-amd64";
  terms.names[{kTag, "falco_debian_6.1.170.3-cloud-amd64_1.o"}] = wanted;
  HostedAsset held = Held();
  held.asset_name = "falco_debian_6.1.170.3-cloud-amd64_1.o";
  Recognition const recognition = Recognise(held, nullptr, nullptr, terms);
  ASSERT_EQ(ProbeIn(recognition), Describe(wanted));
  EXPECT_EQ(std::get<RecognisedProbe>(recognition).file_name,
            "falco_debian_6.1.170~3-cloud-amd64_1.o");
}

TEST(Adoption, ReadsNamesOnceEveryFeedIsRead) {
  AdoptionTerms terms = Terms();
  EXPECT_EQ(ProbeIn(Recognise(Held(), nullptr, nullptr, terms)), Describe(Probe()));
  terms.names_complete = false;
  EXPECT_TRUE(std::holds_alternative<NotYetKnown>(Recognise(Held(), nullptr, nullptr, terms)));
}

TEST(Adoption, PrefersTheCatalogAndDisputesOtherBytes) {
  PublishedAsset recorded;
  recorded.probe = Probe();
  recorded.probe.target = "as-recorded";
  recorded.sha256 = kDigest;
  recorded.size = 7;
  IndexedProbe const entry = Entry(kOther);
  EXPECT_THAT(ProbeIn(Recognise(Held(), &recorded, &entry, Terms())), HasSubstr("as-recorded"));
  EXPECT_THAT(DisputeIn(Recognise(Held(kOther), &recorded, nullptr, Terms())),
              HasSubstr("catalog"));
}

TEST(Adoption, LeavesEverythingElseAlone) {
  HostedAsset readme = Held();
  readme.asset_name = "README.md";
  HostedAsset empty = Held();
  empty.size = 0;
  for (HostedAsset const& held : {readme, empty}) {
    EXPECT_TRUE(std::holds_alternative<ForeignFile>(Recognise(held, nullptr, nullptr, Terms())))
        << held.asset_name;
  }
}

TEST(Adoption, RecordsWhatTheHostHoldsWithoutAJob) {
  absl::Time const now = absl::FromUnixSeconds(1'800'000'000);
  PublishedAsset const asset = AdoptedAsset(Held(), {.probe = Probe(), .file_name = kName}, now);
  EXPECT_TRUE(asset.adopted());
  EXPECT_EQ(asset.repository, "o/r");
  EXPECT_EQ(asset.tag, kTag);
  EXPECT_EQ(asset.asset_name, kName);
  EXPECT_EQ(asset.url, "https://example.org/a");
  EXPECT_EQ(asset.sha256, kDigest);
  EXPECT_EQ(asset.size, 7);
  EXPECT_EQ(asset.published_at, now);
}

}  // namespace
}  // namespace probefarm
