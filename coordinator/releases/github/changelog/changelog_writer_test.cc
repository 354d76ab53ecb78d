#include "coordinator/releases/github/changelog/changelog_writer.h"

#include <gmock/gmock.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "coordinator/releases/github/changelog/changelog_text.h"
#include "coordinator/releases/github/github_host_fixture.h"
#include "coordinator/store/await.h"
#include "coordinator/store/memory/memory_store.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class ChangelogWriterTest : public GitHubHostFixture {
 protected:
  // A record as of a probe that was published.
  void Record(int number, bool adopted = false) {
    PublishedAsset asset;
    asset.probe = {"8.0.0+driver", Arch::kX86_64, "debian", absl::StrCat("6.", number), "1",
                   Kind::kBpf};
    asset.repository = "o/one";
    asset.tag = kTag;
    asset.asset_name = asset.file_name = absl::StrCat("probe", number, ".o");
    asset.sha256 = absl::StrCat("digest-", number);
    ASSERT_OK(Await<bool>([&](auto done) { store_.Adopt(asset, std::move(done)); }));
    if (!adopted) Publish(asset);
  }
  // In place of the adopted one, which the host lost.
  void Publish(PublishedAsset asset) {
    ASSERT_OK(Await<bool>([&](auto done) {
      store_.MarkAsset(kTag, asset.asset_name, AssetPresence::kMissing, std::move(done));
    }));
    auto const enqueued = Await<std::vector<absl::StatusOr<EnqueuedJob>>>([&](auto done) {
      store_.Enqueue({.jobs = {NewJob{.probe = asset.probe,
                                      .file_name = asset.file_name,
                                      .fingerprint = "f",
                                      .spec = "{}"}}},
                     std::move(done));
    });
    ASSERT_OK(enqueued);
    ASSERT_OK(enqueued->at(0));
    asset.job = enqueued->at(0)->id;
    auto const leases = Await<std::vector<GrantedLease>>([&](auto done) {
      store_.Acquire({.session = "s", .request_id = asset.asset_name}, std::move(done));
    });
    ASSERT_OK(leases);
    asset.epoch = leases->at(0).job.epoch;
    LeaseRef const lease{{asset.job, asset.epoch}, "s"};
    for (JobEvent const& event :
         {JobEvent(job_event::ReportArtifact{{asset.sha256, 0}}),
          JobEvent(job_event::GrantUpload{}), JobEvent(job_event::UploadArrived{})})
      ASSERT_OK(Await<Job>([&](auto done) { store_.ApplyToLease(lease, event, std::move(done)); }));
    ASSERT_OK(Await<Job>([&](auto done) { store_.Publish(asset.job, asset, std::move(done)); }));
  }
  void SetUp() override {
    ASSERT_OK(Await<OpenedSession>([&](auto done) {
      store_.OpenSession({.session = "s", .worker = "w", .slots = 1}, std::move(done));
    }));
  }
  absl::Status Write() {
    ChangelogWriter writer(&store_, farm_.patient.get(), {"o/one", "o/two"}, "CHANGELOG.md");
    writer.RunOnce();
    return writer.last_error();
  }
  std::string File(std::string const& name = "CHANGELOG.md") const {
    return farm_.github->FileContent("o/one", name).value_or("");
  }
  int64_t Calls(std::string const& kind) const {
    auto const calls = farm_.github->counters().calls;
    return calls.contains(kind) ? calls.at(kind) : 0;
  }
  // How often each probe's name is there, in all parts: once.
  void ExpectOnceEach(int first, int last) const {
    std::string const text = absl::StrCat(File(), File("CHANGELOG-2.md"), File("CHANGELOG-3.md"));
    for (int number = first; number <= last; ++number) {
      std::vector<std::string> const pieces =
          absl::StrSplit(text, absl::StrCat("/probe", number, ".o`: "));
      EXPECT_EQ(pieces.size(), 2) << number;
    }
  }
  void LoseTheMark() {
    ASSERT_OK(
        Await<bool>([&](auto done) { store_.SetMark("changelog of o/one", "", std::move(done)); }));
  }

  MemoryStore store_{farm_.clock};
};

TEST_F(ChangelogWriterTest, HasALineForEachProbeThatTheFarmBuilt) {
  for (int number = 1; number <= 3; ++number) Record(number);
  Record(4, /*adopted=*/true);
  ASSERT_OK(Write());
  EXPECT_THAT(File(), StartsWith("# What was published\n\n- `8.0.0+driver/x86_64/probe1.o`: sha256 "
                                 "digest-1, run 1 of job 1, "));
  ExpectOnceEach(1, 3);
  EXPECT_THAT(File(), Not(HasSubstr("probe4")));
  EXPECT_FALSE(farm_.github->FileContent("o/two", "CHANGELOG.md").ok());
}

TEST_F(ChangelogWriterTest, CommitsManyLinesAtOnceAndNothingTwice) {
  for (int number = 1; number <= 20; ++number) Record(number);
  ASSERT_OK(Write());
  EXPECT_EQ(Calls("put-contents"), 1);
  int64_t const reads = Calls("get-contents");
  ASSERT_OK(Write());
  EXPECT_EQ(Calls("put-contents"), 1);
  EXPECT_EQ(Calls("get-contents"), reads) << "nothing is new";
  Record(21);
  ASSERT_OK(Write());
  EXPECT_EQ(Calls("put-contents"), 2);
  ExpectOnceEach(1, 21);
}

TEST_F(ChangelogWriterTest, WhatWasCommittedBeforeACrashIsFoundThere) {
  for (int number = 1; number <= 3; ++number) Record(number);
  ASSERT_OK(Write());
  LoseTheMark();
  Record(4);
  ASSERT_OK(Write());
  ExpectOnceEach(1, 4);
}

TEST_F(ChangelogWriterTest, WhatPeopleWroteStays) {
  ASSERT_OK(farm_.patient->CommitFile("o/one", "CHANGELOG.md", "Ours since 2020", "", "Begin"));
  Record(1);
  ASSERT_OK(Write());
  EXPECT_THAT(File(), StartsWith("Ours since 2020\n- `"));
}

TEST_F(ChangelogWriterTest, SomebodyElsesCommitInBetweenIsReadAgain) {
  Record(1);
  Plant("status kind=put-contents status=409");
  ASSERT_OK(Write());
  ExpectOnceEach(1, 1);
}

TEST_F(ChangelogWriterTest, GoesOnAfterAFault) {
  int number = 0;
  for (char const* rule : {"502 kind=put-contents", "commit-drop kind=put-contents",
                           "502 kind=get-contents", "html kind=get-contents"}) {
    Record(++number);
    Plant(rule);
    EXPECT_FALSE(Write().ok()) << rule;
    farm_.clock.Advance(absl::Minutes(2));
    EXPECT_OK(Write()) << rule;
    ExpectOnceEach(1, number);
  }
}

TEST_F(ChangelogWriterTest, AFullPartIsFollowedByAnother) {
  Record(1);
  ASSERT_OK(Write());
  ASSERT_OK_AND_ASSIGN(RepositoryFile const file, farm_.patient->ReadFile("o/one", "CHANGELOG.md"));
  ASSERT_OK(farm_.patient->CommitFile("o/one", "CHANGELOG.md",
                                      file.content + std::string(kFullPart, 'x') + "\n", file.sha,
                                      "Fill"));
  Record(2);
  ASSERT_OK(Write());
  EXPECT_THAT(File("CHANGELOG-2.md"), HasSubstr("probe2"));
  LoseTheMark();
  Record(3);
  ASSERT_OK(Write());
  ExpectOnceEach(1, 3);
  int64_t const reads = Calls("get-contents");
  Record(4);
  ASSERT_OK(Write());
  EXPECT_EQ(Calls("get-contents"), reads + 1) << "the full part is not read again";
}

}  // namespace
}  // namespace probefarm
