// Trouble at GitHub costs the time that it lasts and nothing else: no job fails, no build is made a
// second time, no attempt is counted, and what GitHub asks to wait is waited by all.
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "lib/runtime/status_matchers.h"
#include "tests/crash/upload_farm.h"

namespace probefarm {
namespace {

using testing::AllOf;
using testing::Gt;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Lt;
using testing::Not;
using testing::SizeIs;

// Requests that were under way when the answer came, and the worker's report of it.
constexpr absl::Duration kUnderWay = absl::Milliseconds(300);

class OutageTest : public UploadFarm {
 protected:
  // No build was made a second time, nor an attempt counted beyond the first.
  static void ExpectBuiltOnce(UploadLoad& load) {
    ASSERT_OK_AND_ASSIGN(auto const jobs, load.AllJobs());
    for (v1::Job const& job : jobs) {
      EXPECT_LE(job.epoch(), 1) << job.ShortDebugString();
      EXPECT_LE(job.attempts(), 1) << job.ShortDebugString();
    }
  }
  std::vector<FakeRequest> RequestsBetween(absl::Time from, absl::Time to) const {
    std::vector<FakeRequest> requests = github().requests();
    std::erase_if(requests, [&](FakeRequest const& request) {
      return request.at < from || request.at >= to || request.listener == "storage";
    });
    return requests;
  }
  // When GitHub refused for the first time since `from`; InfiniteFuture() while it has not.
  absl::Time RefusedAfter(absl::Time from) const {
    for (FakeRequest const& request : github().requests()) {
      if (request.at >= from && (request.status == 403 || request.status == 429)) return request.at;
    }
    return absl::InfiniteFuture();
  }
  // As the metrics say it, Unix time; 0: open.
  double ClosedUntil() const {
    absl::StatusOr<SubprocessResult> const metrics =
        RunSubprocess({.argv = {"curl", "-sf", absl::StrCat("http://", farm_.http(), "/metrics")}});
    EXPECT_OK(metrics);
    constexpr absl::string_view kMetric =
        "probefarm_release_host_closed_until_seconds{reason=\"secondary_limit\"} ";
    for (absl::string_view line : absl::StrSplit(metrics.ok() ? metrics->output : "", '\n')) {
      double until = 0;
      if (absl::ConsumePrefix(&line, kMetric) && absl::SimpleAtod(line, &until)) return until;
    }
    ADD_FAILURE() << "no metric " << kMetric;
    return 0;
  }
  // Orders more, until one upload is refused so, by a fault of that effect.
  absl::Time OrderAndBeRefused(UploadLoad& load, std::string const& effect) {
    absl::Time const start = absl::Now();
    Plant(absl::StrCat(effect, " kind=upload"));
    EXPECT_OK(load.Order(4));
    EXPECT_OK(
        WaitUntil("GitHub refuses", [&] { return RefusedAfter(start) != absl::InfiniteFuture(); }));
    return RefusedAfter(start);
  }
};

TEST_F(OutageTest, HoursOfTroubleCostTheirTimeAndNothingElse) {
  ASSERT_TRUE(Start());
  UploadLoad load(farm_.grpc(), {.workers = 4, .releases = 2});
  ASSERT_OK(load.Order(4));
  ASSERT_NO_FATAL_FAILURE(ExpectSettles(load));
  // By turns no answer, an answer that is none, and nothing but the connection.
  Plant("502 times=0 every=3");
  Plant("drop times=0 every=2");
  Plant("html status=503 times=0");
  absl::Time const start = absl::Now();
  ASSERT_OK(load.Order(8));
  absl::SleepFor(absl::Seconds(6));  // the outage
  EXPECT_THAT(RequestsBetween(start, absl::Now()), SizeIs(AllOf(Gt(3), Lt(40))))
      << "it is asked whether it is over, and not too often";
  ASSERT_OK_AND_ASSIGN(auto const probes, load.AllProbes());
  EXPECT_THAT(probes, SizeIs(4));
  github().ClearFaults();
  ASSERT_NO_FATAL_FAILURE(ExpectSettles(load));
  ExpectBuiltOnce(load);
}

TEST_F(OutageTest, ALimitIsWaitedForByAllAsLongAsGitHubSays) {
  ASSERT_TRUE(Start());
  UploadLoad load(farm_.grpc(), {.workers = 1, .releases = 1});
  ASSERT_OK(load.Order(1));
  ASSERT_NO_FATAL_FAILURE(ExpectSettles(load));
  for (char const* effect : {"403-retry-after delay=4s", "403-reset delay=4s", "429 delay=4s"}) {
    SCOPED_TRACE(effect);
    absl::Time const refused = OrderAndBeRefused(load, effect);
    ASSERT_NO_FATAL_FAILURE(ExpectSettles(load));
    // The reset is told in whole seconds.
    EXPECT_THAT(RequestsBetween(refused + kUnderWay, refused + absl::Seconds(2.9)), IsEmpty());
  }
  ExpectBuiltOnce(load);
}

class SilentLimitTest : public OutageTest, public testing::WithParamInterface<char const*> {};

TEST_P(SilentLimitTest, ClosesForAMinuteAndNothingFails) {
  ASSERT_TRUE(Start());
  UploadLoad load(farm_.grpc(), {.workers = 1, .releases = 1});
  absl::Time const refused = OrderAndBeRefused(load, GetParam());
  absl::SleepFor(absl::Seconds(2));  // in which somebody could ask
  EXPECT_THAT(RequestsBetween(refused + kUnderWay, absl::Now()), IsEmpty());
  EXPECT_NEAR(ClosedUntil() - absl::ToDoubleSeconds(refused - absl::UnixEpoch()), 60, 2);
  ASSERT_OK_AND_ASSIGN(auto const jobs, load.AllJobs());
  for (v1::Job const& job : jobs) EXPECT_LE(job.state(), v1::PUBLISHED) << job.ShortDebugString();
  ExpectBuiltOnce(load);
}

INSTANTIATE_TEST_SUITE_P(Bodies, SilentLimitTest, testing::Values("403-bare", "429-bare"));

// GitHub's keys and tokens, as an App has them: RS256 JWTs, and tokens that it makes of them.
class AppTest : public OutageTest {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(UploadFarm::SetUp());
    std::string const key = folder_ / "app.pem";
    ASSERT_NO_FATAL_FAILURE(OpenSsl({"genrsa", "-traditional", "-out", key, "2048"}));
    ASSERT_NO_FATAL_FAILURE(OpenSsl({"rsa", "-in", key, "-pubout", "-out", key + ".pub"}));
    FakeApp app;
    app.issuer = "42";
    app.public_key = ReadWholeFile(key + ".pub");
    app.installation = 7;
    app.repositories = {FarmGitHub::kRepository};
    app.points_an_hour = 1'000'000;
    github().AddApp(app);
    config_.releases = github_->Config(
        {.credentials = absl::StrCat("{app: {id: 42, installation: 7, key_file: ", key, "}}")});
  }
  static void OpenSsl(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "openssl");
    ASSERT_OK_AND_ASSIGN(SubprocessResult const result, RunSubprocess({.argv = arguments}));
    ASSERT_EQ(result.exit_code, 0) << result.errors;
  }
};

TEST_F(AppTest, TokensThatEndBeforeTheirTimeAreRenewed) {
  ASSERT_TRUE(Start());
  UploadLoad load(farm_.grpc(), {.workers = 3, .releases = 1});
  ASSERT_OK(load.Order(4));
  ASSERT_NO_FATAL_FAILURE(ExpectSettles(load));
  EXPECT_EQ(github().counters().calls["create-token"], 1);
  // One when the coordinator asks, the next in a worker's hand.
  for (char const* kind : {"list-releases", "upload"}) {
    SCOPED_TRACE(kind);
    int64_t const before = github().counters().calls["create-token"];
    Plant(absl::StrCat("expire-token kind=", kind));
    ASSERT_OK(load.Order(4));
    ASSERT_NO_FATAL_FAILURE(ExpectSettles(load));
    EXPECT_EQ(github().counters().calls["create-token"], before + 1);
  }
  EXPECT_EQ(github().counters().faults_struck, 2);
  ExpectBuiltOnce(load);
  EXPECT_THAT(farm_.coordinator_log(), Not(HasSubstr("ghs_"))) << "a token";
}

}  // namespace
}  // namespace probefarm
