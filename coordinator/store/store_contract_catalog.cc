#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coordinator/store/await.h"
#include "coordinator/store/store_contract.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class StoreCatalog : public StoreContract {
 protected:
  absl::StatusOr<PublishedAsset> Find(std::string const& tag, std::string const& name) {
    return Await<PublishedAsset>([&](auto done) { store().FindAsset(tag, name, std::move(done)); });
  }
  absl::StatusOr<AssetPage> ListOf(AssetFilter filter, PageRequest page = {}) {
    return Await<AssetPage>([&](auto done) {
      store().ListAssets(std::move(filter), std::move(page), std::move(done));
    });
  }
  std::vector<JobId> JobsOf(AssetFilter filter) {
    auto const page = ListOf(std::move(filter));
    EXPECT_OK(page);
    std::vector<JobId> jobs;
    for (PublishedAsset const& asset : page->assets) jobs.push_back(asset.job);
    return jobs;
  }
  absl::StatusOr<bool> Mark(PublishedAsset const& asset, AssetPresence presence) {
    return Await<bool>([&](auto done) {
      store().MarkAsset(asset.tag, asset.asset_name, presence, std::move(done));
    });
  }
  absl::StatusOr<bool> Adopt(PublishedAsset asset) {
    return Await<bool>([&](auto done) { store().Adopt(std::move(asset), std::move(done)); });
  }
  // As it is found at the release host: what JobFor(number) would publish.
  static PublishedAsset Found(int number, std::string const& sha256) {
    Job job;
    job.probe = JobFor(number).probe;
    job.file_name = JobFor(number).file_name;
    job.artifact = {sha256, 7};
    PublishedAsset asset = AssetOf(job);
    asset.job = asset.epoch = 0;
    asset.worker = "";
    return asset;
  }
  absl::StatusOr<bool> Written(std::string const& tag, int64_t revision) {
    return Await<bool>([&](auto done) {
      store().SideFilesWritten({"", tag}, revision, std::move(done));
    });
  }
  absl::StatusOr<bool> SignedBy(std::string const& key_id) {
    return Await<bool>([&](auto done) { store().SideFilesSignedBy(key_id, std::move(done)); });
  }
  absl::StatusOr<std::string> Pin(std::string const& key, std::string const& digest) {
    return Await<std::string>([&](auto done) { store().Pin(key, digest, std::move(done)); });
  }
};

TEST_P(StoreCatalog, PublishingEndsTheJobAndRecordsTheAsset) {
  JobId const id = Enqueue(JobFor(1));
  Job const verifying = Upload(AcquireOne(OpenFor("w1")), "aa");
  PublishedAsset const asset = AssetOf(verifying);
  ASSERT_OK_AND_ASSIGN(Job const published, Publish(id, asset));
  EXPECT_EQ(published.state, JobState::kPublished);
  Restart();
  EXPECT_EQ(Get(id).state, JobState::kPublished);
  ASSERT_OK_AND_ASSIGN(PublishedAsset const found, Find(asset.tag, asset.asset_name));
  EXPECT_EQ(found.probe, asset.probe);
  EXPECT_EQ(found.file_name, asset.file_name);
  EXPECT_EQ(found.url, asset.url);
  EXPECT_EQ(found.sha256, "aa");
  EXPECT_EQ(found.size, 7);
  EXPECT_EQ(found.job, id);
  EXPECT_EQ(found.epoch, 1);
  EXPECT_EQ(found.worker, "w1");
  EXPECT_EQ(found.published_at, asset.published_at);
  EXPECT_EQ(found.presence, AssetPresence::kPresent);
  EXPECT_TRUE(Know(asset.probe).published);
  EXPECT_EQ(Know(asset.probe).sha256, "aa");
}

TEST_P(StoreCatalog, PublishingTwiceIsOkAndChangesNothing) {
  Job const published = PublishOne(JobFor(1), "aa");
  std::vector<StaleRelease> const before = Stale();
  EXPECT_OK(Publish(published.id, AssetOf(published)));
  EXPECT_EQ(Stale().at(0).revision, before.at(0).revision);
}

TEST_P(StoreCatalog, OnlyAVerifyingJobIsPublished) {
  JobId const id = Enqueue(JobFor(1));
  Job const lease = AcquireOne(OpenFor("w1"));
  ASSERT_OK_AND_ASSIGN(Job const built, OnLease(lease, job_event::ReportArtifact{{"aa", 7}}));
  EXPECT_THAT(Publish(id, AssetOf(built)), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(Find(AssetOf(built).tag, AssetOf(built).asset_name),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Publish(99, AssetOf(built)), StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(StoreCatalog, ACancelledJobIsNeverPublished) {
  JobId const id = Enqueue(JobFor(1));
  Job const lease = AcquireOne(OpenFor("w1"));
  ASSERT_OK_AND_ASSIGN(Job const built, OnLease(lease, job_event::ReportArtifact{{"aa", 7}}));
  ASSERT_OK(OnJob(id, job_event::Cancel{}));
  EXPECT_THAT(Publish(id, AssetOf(built)), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_FALSE(Know(built.probe).published);
}

TEST_P(StoreCatalog, OnlyTheReportedDigestOfTheJobsProbeIsPublished) {
  JobId const id = Enqueue(JobFor(1));
  PublishedAsset asset = AssetOf(Upload(AcquireOne(OpenFor("w1")), "aa"));
  asset.sha256 = "bb";
  EXPECT_THAT(Publish(id, asset), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("bb")));
  asset.sha256 = "aa";
  asset.probe.kind = Kind::kBpf;
  EXPECT_THAT(Publish(id, asset), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(Get(id).state, JobState::kVerifying);
}

TEST_P(StoreCatalog, AnotherDigestForAPublishedProbeIsRefused) {
  Job const first = PublishOne(JobFor(1), "aa");
  JobId const id = Enqueue(JobFor(1));
  Job const verifying = Upload(AcquireOne(OpenFor("w2")), "bb");
  EXPECT_THAT(Publish(id, AssetOf(verifying)),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("aa")));
  EXPECT_EQ(Get(id).state, JobState::kVerifying);
  EXPECT_EQ(Know(first.probe).sha256, "aa");
}

TEST_P(StoreCatalog, ANameOfAnotherProbeIsRefused) {
  Job const first = PublishOne(JobFor(1), "aa");
  JobId const id = Enqueue(JobFor(2));
  PublishedAsset asset = AssetOf(Upload(AcquireOne(OpenFor("w2")), "bb"));
  asset.asset_name = AssetOf(first).asset_name;
  EXPECT_THAT(Publish(id, asset), StatusIs(absl::StatusCode::kAlreadyExists));
}

TEST_P(StoreCatalog, ALostAssetKeepsItsDigestAndMayComeBack) {
  Job const first = PublishOne(JobFor(1), "aa");
  PublishedAsset const asset = AssetOf(first);
  EXPECT_TRUE(*Mark(asset, AssetPresence::kMissing));
  EXPECT_FALSE(*Mark(asset, AssetPresence::kMissing)) << "nothing changed";
  EXPECT_FALSE(Know(first.probe).published);
  EXPECT_EQ(Know(first.probe).sha256, "aa");
  Job const again = PublishOne(JobFor(1), "aa");
  EXPECT_TRUE(Know(first.probe).published);
  ASSERT_OK_AND_ASSIGN(PublishedAsset const found, Find(asset.tag, asset.asset_name));
  EXPECT_EQ(found.job, again.id);
  EXPECT_THAT(JobsOf({}), SizeIs(1));
}

TEST_P(StoreCatalog, WhatIsAdoptedIsPublishedWithoutAJob) {
  PublishedAsset asset = Found(1, "aa");
  asset.index_entry = "{\"what\": \"an index said\"}";
  EXPECT_TRUE(*Adopt(asset));
  EXPECT_FALSE(*Adopt(asset)) << "it is there";
  Restart();
  ASSERT_OK_AND_ASSIGN(PublishedAsset const found, Find(asset.tag, asset.asset_name));
  EXPECT_TRUE(found.adopted());
  EXPECT_EQ(found.sha256, "aa");
  EXPECT_EQ(found.worker, "");
  EXPECT_EQ(found.index_entry, asset.index_entry);
  EXPECT_EQ(found.published_at, asset.published_at);
  EXPECT_TRUE(Know(asset.probe).published);
  ASSERT_THAT(Stale(), SizeIs(1));
  EXPECT_EQ(Stale()[0].release, probefarm::KeyOf(asset));
  EXPECT_TRUE(*Mark(asset, AssetPresence::kMissing));
}

TEST_P(StoreCatalog, NothingIsAdoptedOverAnotherRecord) {
  PublishedAsset const published = AssetOf(PublishOne(JobFor(1), "aa"));
  PublishedAsset other_digest = Found(1, "bb");
  EXPECT_THAT(Adopt(other_digest), StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("aa")));
  ASSERT_OK(Mark(published, AssetPresence::kMissing));
  EXPECT_THAT(Adopt(other_digest), StatusIs(absl::StatusCode::kAlreadyExists)) << "lost or not";
  PublishedAsset other_probe = Found(2, "aa");
  other_probe.asset_name = published.asset_name;
  EXPECT_THAT(Adopt(other_probe), StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("name")));
  EXPECT_EQ(Find(published.tag, published.asset_name)->sha256, "aa");
  EXPECT_FALSE(Know(other_probe.probe).published);
}

TEST_P(StoreCatalog, ALostAssetMayBeAdoptedElsewhereAndKeepsWhoBuiltIt) {
  PublishedAsset const built = AssetOf(PublishOne(JobFor(1), "aa"));
  PublishedAsset elsewhere = Found(1, "aa");
  elsewhere.repository = "o/two";
  elsewhere.url = "https://two.example/a";
  EXPECT_THAT(Adopt(elsewhere), StatusIs(absl::StatusCode::kAlreadyExists)) << "it is not lost";
  ASSERT_OK(Mark(built, AssetPresence::kMissing));
  EXPECT_TRUE(*Adopt(elsewhere));
  ASSERT_OK_AND_ASSIGN(PublishedAsset const found, Find(built.tag, built.asset_name));
  EXPECT_EQ(found.repository, "o/two");
  EXPECT_EQ(found.url, elsewhere.url);
  EXPECT_EQ(found.job, built.job);
  EXPECT_EQ(found.presence, AssetPresence::kPresent);
  EXPECT_THAT(Stale(), SizeIs(2));
}

TEST_P(StoreCatalog, NothingIsAdoptedWhileAJobOfTheProbeIsUnfinished) {
  JobId const id = Enqueue(JobFor(1));
  EXPECT_THAT(Adopt(Found(1, "aa")), StatusIs(absl::StatusCode::kFailedPrecondition));
  ASSERT_OK(OnJob(id, job_event::Cancel{}));
  EXPECT_TRUE(*Adopt(Found(1, "aa")));
}

TEST_P(StoreCatalog, NothingIsAdoptedForWhichThisFarmBuiltOtherBytes) {
  Enqueue(JobFor(1));
  Job const verifying = Upload(AcquireOne(OpenFor("w1")), "aa");
  ASSERT_OK(OnJob(verifying.id, job_event::Conflict{{"conflict", "the host holds other bytes"}}));
  EXPECT_THAT(Adopt(Found(1, "bb")), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_FALSE(Know(verifying.probe).published);
}

TEST_P(StoreCatalog, OnlyADigestWithoutAJobIsAdopted) {
  EXPECT_THAT(Adopt(Found(1, "")), StatusIs(absl::StatusCode::kInvalidArgument));
  PublishedAsset of_a_job = Found(1, "aa");
  of_a_job.job = 1;
  EXPECT_THAT(Adopt(of_a_job), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_P(StoreCatalog, WhatIsNotThereIsNotFound) {
  EXPECT_THAT(Find("tag", "name"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("tag/name")));
  PublishedAsset nothing;
  nothing.tag = "tag";
  EXPECT_THAT(Mark(nothing, AssetPresence::kMissing), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Written("tag", 1), StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(StoreCatalog, ListsByEveryFieldThatIsSet) {
  Job const one = PublishOne(JobFor(1), "aa");
  Job const two = PublishOne(JobFor(2, "7.0.0+driver"), "bb");
  NewJob bpf = JobFor(3);
  bpf.probe.kind = Kind::kBpf;
  bpf.probe.target = "ubuntu-generic";
  bpf.file_name = "falco_ubuntu-generic_6.1.0-3-amd64_1.o";
  Job const three = PublishOne(bpf, "cc");
  ASSERT_OK(Mark(AssetOf(two), AssetPresence::kMissing));

  EXPECT_THAT(JobsOf({}), ElementsAre(one.id, two.id, three.id));
  EXPECT_THAT(JobsOf({.tag = AssetOf(two).tag}), ElementsAre(two.id));
  EXPECT_THAT(JobsOf({.driver_version = "8.0.0+driver"}), ElementsAre(one.id, three.id));
  EXPECT_THAT(JobsOf({.target = "debian"}), ElementsAre(one.id, two.id));
  EXPECT_THAT(JobsOf({.kernel_regex = "-[23]-"}), ElementsAre(two.id, three.id));
  EXPECT_THAT(JobsOf({.kind = Kind::kBpf}), ElementsAre(three.id));
  EXPECT_THAT(JobsOf({.arch = Arch::kAarch64}), IsEmpty());
  EXPECT_THAT(JobsOf({.presence = AssetPresence::kMissing}), ElementsAre(two.id));
  EXPECT_THAT(ListOf({.kernel_regex = "("}), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_P(StoreCatalog, CountsWhatTheFilterMeans) {
  PublishOne(JobFor(1), "aa");
  PublishOne(JobFor(2), "bb");
  auto const count = [&](AssetFilter filter) {
    return Await<int64_t>([&](auto done) { store().CountAssets(filter, std::move(done)); });
  };
  EXPECT_THAT(count({}).value_or(-1), 2);
  EXPECT_THAT(count({.kernel_regex = "-2-"}).value_or(-1), 1);
  EXPECT_THAT(count({.kernel_regex = "("}), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_P(StoreCatalog, PagesOfAssetsAreComplete) {
  for (int i = 0; i < 5; ++i) PublishOne(JobFor(i), "aa");
  ASSERT_OK_AND_ASSIGN(AssetPage const first, ListOf({}, {3, ""}));
  EXPECT_THAT(first.assets, SizeIs(3));
  ASSERT_OK_AND_ASSIGN(AssetPage const second, ListOf({}, {3, first.next_cursor}));
  EXPECT_THAT(second.assets, SizeIs(2));
  EXPECT_EQ(second.next_cursor, "");
  EXPECT_THAT(ListOf({}, {3, "x"}), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_P(StoreCatalog, SideFilesAreStaleUntilTheyAreWrittenAsOfTheLastChange) {
  EXPECT_THAT(Stale(), IsEmpty());
  PublishedAsset const asset = AssetOf(PublishOne(JobFor(1), "aa"));
  ASSERT_THAT(Stale(), SizeIs(1));
  StaleRelease const first = Stale()[0];
  EXPECT_EQ(first.release, probefarm::KeyOf(asset));
  PublishOne(JobFor(2), "bb");
  EXPECT_GT(Stale().at(0).revision, first.revision);
  EXPECT_FALSE(*Written(asset.tag, first.revision)) << "the second came meanwhile";
  Restart();
  ASSERT_THAT(Stale(), SizeIs(1));
  EXPECT_TRUE(*Written(asset.tag, Stale()[0].revision));
  EXPECT_THAT(Stale(), IsEmpty());
  EXPECT_TRUE(*Written(asset.tag, first.revision)) << "an older mark takes nothing back";
  EXPECT_THAT(Stale(), IsEmpty());
  ASSERT_OK(Mark(asset, AssetPresence::kMissing));
  EXPECT_THAT(Stale(), SizeIs(1));
}

TEST_P(StoreCatalog, ATagMayHaveAReleaseInEachOfSeveralRepositories) {
  JobId const id = Enqueue(JobFor(1));
  PublishedAsset asset = AssetOf(Upload(AcquireOne(OpenFor("w1")), "aa"));
  asset.repository = "o/one";
  ASSERT_OK(Publish(id, asset));
  Restart();
  EXPECT_EQ(Find(asset.tag, asset.asset_name)->repository, "o/one");
  ASSERT_THAT(Stale(), SizeIs(1));
  EXPECT_EQ(Stale()[0].release, (ReleaseKey{"o/one", asset.tag}));
  EXPECT_THAT(Written(asset.tag, 1), StatusIs(absl::StatusCode::kNotFound)) << "of no repository";
  AssetFilter filter{.repository = "o/one", .tag = asset.tag};
  EXPECT_THAT(ListOf(filter, {}).value().assets, SizeIs(1));
  filter.repository = "o/two";
  EXPECT_THAT(ListOf(filter, {}).value().assets, IsEmpty());
}

TEST_P(StoreCatalog, WhatIsPublishedElsewhereMakesTheReleaseThatLostItStale) {
  PublishedAsset const lost = AssetOf(PublishOne(JobFor(1), "aa"));
  ASSERT_OK(Mark(lost, AssetPresence::kMissing));
  ASSERT_TRUE(*Written(lost.tag, Stale()[0].revision));
  JobId const id = Enqueue(JobFor(1));
  PublishedAsset again = AssetOf(Upload(AcquireOne(OpenFor("w2")), "aa"));
  again.repository = "o/two";
  ASSERT_OK(Publish(id, again));
  EXPECT_THAT(Stale(), SizeIs(2));
}

TEST_P(StoreCatalog, ARevisionThatDoesNotExistIsRefused) {
  PublishedAsset const asset = AssetOf(PublishOne(JobFor(1), "aa"));
  EXPECT_THAT(Written(asset.tag, 99), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Stale(), SizeIs(1));
}

TEST_P(StoreCatalog, AnotherSignersKeyMakesEveryReleaseStale) {
  PublishedAsset const asset = AssetOf(PublishOne(JobFor(1), "aa"));
  auto const write_all = [&] {
    for (StaleRelease const& stale : Stale()) EXPECT_OK(Written(stale.release.tag, stale.revision));
  };
  write_all();
  EXPECT_FALSE(*SignedBy("")) << "nobody signed before";
  EXPECT_THAT(Stale(), IsEmpty());
  EXPECT_TRUE(*SignedBy("key 1"));
  EXPECT_THAT(Stale(), SizeIs(1));
  write_all();
  Restart();
  EXPECT_FALSE(*SignedBy("key 1"));
  EXPECT_THAT(Stale(), IsEmpty());
  EXPECT_TRUE(*SignedBy(""));
  EXPECT_EQ(Stale().at(0).release.tag, asset.tag);
}

TEST_P(StoreCatalog, TheLastMarkIsKept) {
  auto const get = [&] {
    return Await<std::string>([&](auto done) { store().GetMark("key", std::move(done)); }).value();
  };
  EXPECT_EQ(get(), "");
  for (char const* value : {"one", "two"}) {
    ASSERT_OK(Await<bool>([&](auto done) { store().SetMark("key", value, std::move(done)); }));
    EXPECT_EQ(get(), value);
  }
  Restart();
  EXPECT_EQ(get(), "two");
}

TEST_P(StoreCatalog, AReaderGoesOnAfterTheLastThatThereWas) {
  EXPECT_EQ(ListOf({})->end_cursor, "");
  PublishOne(JobFor(1), "aa");
  PublishOne(JobFor(2), "bb");
  ASSERT_OK_AND_ASSIGN(AssetPage const all, ListOf({}));
  EXPECT_EQ(all.next_cursor, "");
  EXPECT_THAT(ListOf({}, {.cursor = all.end_cursor})->assets, IsEmpty());
  PublishOne(JobFor(3), "cc");
  ASSERT_OK_AND_ASSIGN(AssetPage const more, ListOf({}, {.cursor = all.end_cursor}));
  ASSERT_THAT(more.assets, SizeIs(1));
  EXPECT_EQ(more.assets[0].sha256, "cc");
}

TEST_P(StoreCatalog, TheFirstDigestIsPinned) {
  EXPECT_EQ(*Pin("sid/driver", "aa"), "aa");
  EXPECT_EQ(*Pin("sid/driver", "bb"), "aa");
  EXPECT_EQ(*Pin("sid/other", "bb"), "bb");
  Restart();
  EXPECT_EQ(*Pin("sid/driver", "cc"), "aa");
}

INSTANTIATE_TEST_SUITE_P(Contract, StoreCatalog, testing::ValuesIn(ImplementationsUnderTest()),
                         &NameOf);

}  // namespace
}  // namespace probefarm
