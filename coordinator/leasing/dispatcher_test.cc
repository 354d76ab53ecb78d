#include "coordinator/leasing/dispatcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <string>

#include "absl/strings/str_cat.h"
#include "coordinator/store/await.h"
#include "coordinator/store/memory/memory_store.h"
#include "lib/runtime/fake_clock.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

using Leases = absl::StatusOr<std::vector<GrantedLease>>;

NewJob JobFor(std::string kernel, Arch arch = Arch::kX86_64) {
  NewJob job;
  job.probe = {"8.0.0+driver", arch, "debian", std::move(kernel), "1", Kind::kBpf};
  job.file_name = absl::StrCat("falco_debian_", job.probe.kernel_release, "_1.o");
  job.fingerprint = "f";
  job.requirements.arch = arch;
  job.spec = "{}";
  return job;
}

class DispatcherTest : public testing::Test {
 protected:
  ~DispatcherTest() override { store_.Shutdown(); }

  void OpenSession(std::string session, Arch arch = Arch::kX86_64) {
    NewSession opened;
    opened.worker = session + "-worker";
    opened.session = std::move(session);
    opened.capabilities.arch = arch;
    opened.slots = 1;
    ASSERT_OK(
        Await<OpenedSession>([&](auto done) { store_.OpenSession(opened, std::move(done)); }));
  }

  void Enqueue(NewJob job) {
    ASSERT_OK(Await<std::vector<absl::StatusOr<EnqueuedJob>>>([&](auto done) {
      store_.Enqueue({{std::move(job)}, "", std::nullopt}, std::move(done));
    }));
  }

  std::future<Leases> Poll(std::string const& session, absl::Duration wait,
                           Dispatcher::PollId* id = nullptr, bool ahead = false) {
    auto answer = std::make_shared<std::promise<Leases>>();
    Dispatcher::PollId const poll =
        dispatcher_.Acquire({session, absl::StrCat(session, "-request"), 1}, {wait, ahead},
                            [answer](Leases leases) { answer->set_value(std::move(leases)); });
    if (id != nullptr) *id = poll;
    return answer->get_future();
  }

  // Blocks until the store has done all that it was given, so that polls which found nothing wait.
  void Settle() {
    ASSERT_OK(Await<bool>([&](auto done) { store_.Ping(std::move(done)); }));
    ASSERT_OK(Await<bool>([&](auto done) { store_.Ping(std::move(done)); }));
  }

  FakeClock clock_;
  MemoryStore store_{clock_};
  Dispatcher dispatcher_{store_, clock_};
};

TEST_F(DispatcherTest, AnswersAtOnceWhenThereIsWork) {
  OpenSession("a");
  Enqueue(JobFor("6.1"));
  Leases const leases = Poll("a", absl::Seconds(30)).get();
  ASSERT_OK(leases);
  EXPECT_THAT(*leases, SizeIs(1));
}

TEST_F(DispatcherTest, BeyondItsLimitNobodyMayWait) {
  store_.Shutdown();
  MemoryStore store(clock_);
  Dispatcher small(store, clock_, /*max_polls=*/1);
  ASSERT_OK(Await<OpenedSession>([&](auto done) {
    store.OpenSession({.session = "s", .worker = "w", .capabilities = {}, .slots = 1},
                      std::move(done));
  }));
  auto const poll = [&](std::promise<Leases>& answer) {
    small.Acquire({"s", "r", 1}, {absl::Seconds(30)},
                  [&answer](Leases leases) { answer.set_value(std::move(leases)); });
    return answer.get_future();
  };
  std::promise<Leases> first;
  std::promise<Leases> second;
  std::future<Leases> waits = poll(first);
  EXPECT_THAT(poll(second).get(), StatusIs(absl::StatusCode::kResourceExhausted));
  small.StopGranting();
  store.Shutdown();
  waits.wait();
}

TEST_F(DispatcherTest, AWaitingPollGetsTheJobThatItsWorkerHasRoomForNow) {
  OpenSession("a");
  OpenSession("b");
  auto const tell = [&](std::string const& session, int64_t free_disk_bytes) {
    ASSERT_OK(Await<HeartbeatAnswer>([&](auto done) {
      store_.Heartbeat({session, {}, 1, false, free_disk_bytes}, std::move(done));
    }));
  };
  tell("a", 1);
  tell("b", 1);
  NewJob job = JobFor("6.1");
  job.requirements.disk_bytes = int64_t{1} << 30;
  Enqueue(job);
  std::future<Leases> other = Poll("a", absl::Seconds(30));
  std::future<Leases> poll = Poll("b", absl::Seconds(30));
  Settle();
  EXPECT_EQ(dispatcher_.waiting(), 2);
  tell("b", int64_t{2} << 30);
  EXPECT_THAT(*poll.get(), SizeIs(1));
  Settle();
  EXPECT_EQ(dispatcher_.waiting(), 1);
  dispatcher_.StopGranting();
}

TEST_F(DispatcherTest, AWaitingPollGetsTheJobThatComes) {
  OpenSession("a");
  std::future<Leases> poll = Poll("a", absl::Seconds(30));
  Settle();
  EXPECT_EQ(dispatcher_.waiting(), 1);
  Enqueue(JobFor("6.1"));
  Leases const leases = poll.get();
  ASSERT_OK(leases);
  EXPECT_THAT(*leases, SizeIs(1));
}

TEST_F(DispatcherTest, AJobThatTheFirstInLineCannotRunReachesOneWhoCan) {
  OpenSession("x86-1");
  OpenSession("x86-2");
  OpenSession("arm", Arch::kAarch64);
  std::future<Leases> first = Poll("x86-1", absl::Seconds(30));
  std::future<Leases> second = Poll("x86-2", absl::Seconds(30));
  std::future<Leases> arm = Poll("arm", absl::Seconds(30));
  Settle();
  Enqueue(JobFor("6.1", Arch::kAarch64));
  Leases const leases = arm.get();
  ASSERT_OK(leases);
  EXPECT_THAT(*leases, SizeIs(1));
  Settle();
  EXPECT_EQ(dispatcher_.waiting(), 2);
  dispatcher_.StopGranting();
}

TEST_F(DispatcherTest, AWorkerWithAFreeSlotIsServedBeforeABusyOne) {
  OpenSession("busy");
  OpenSession("idle");
  std::future<Leases> busy = Poll("busy", absl::Seconds(30), nullptr, /*ahead=*/true);
  std::future<Leases> idle = Poll("idle", absl::Seconds(30));
  Settle();
  EXPECT_EQ(dispatcher_.waiting(), 2);
  Enqueue(JobFor("6.1"));
  Settle();
  EXPECT_EQ(busy.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  Enqueue(JobFor("6.2"));
  for (std::future<Leases>* poll : {&idle, &busy}) {
    Leases const leases = poll->get();
    ASSERT_OK(leases);
    EXPECT_THAT(*leases, SizeIs(1));
  }
}

TEST_F(DispatcherTest, APollEndsEmptyWhenItsWaitIsOver) {
  OpenSession("a");
  std::future<Leases> poll = Poll("a", absl::Seconds(30));
  Settle();
  clock_.Advance(absl::Seconds(30));
  dispatcher_.RunOnce();
  Leases const leases = poll.get();
  ASSERT_OK(leases);
  EXPECT_THAT(*leases, IsEmpty());
}

TEST_F(DispatcherTest, AJobWhoseBackoffHasPassedReachesAWaitingPoll) {
  OpenSession("a");
  Enqueue(JobFor("6.1"));
  Leases const first = Poll("a", absl::Seconds(1)).get();
  ASSERT_OK(first);
  ASSERT_THAT(*first, SizeIs(1));
  Job const& job = first->front().job;
  ASSERT_OK(Await<Job>([&](auto done) {
    store_.ApplyToLease({{job.id, job.epoch}, "a"}, job_event::TransientFailure{{"disk", "full"}},
                        std::move(done));
  }));
  OpenSession("b");
  std::future<Leases> poll = Poll("b", absl::Hours(2));
  Settle();
  clock_.Advance(absl::Hours(1));
  ASSERT_OK(Await<std::vector<ExpiredLease>>(
      [&](auto done) { store_.ExpireSessions(absl::Hours(2), std::move(done)); }));
  Leases const again = poll.get();
  ASSERT_OK(again);
  EXPECT_THAT(*again, SizeIs(1));
}

TEST_F(DispatcherTest, ACancelledPollIsGrantedNothing) {
  OpenSession("a");
  Dispatcher::PollId id = 0;
  std::future<Leases> poll = Poll("a", absl::Seconds(30), &id);
  Settle();
  dispatcher_.Cancel(id);
  EXPECT_THAT(poll.get(), StatusIs(absl::StatusCode::kCancelled));
  Enqueue(JobFor("6.1"));
  OpenSession("b");
  Leases const leases = Poll("b", absl::Seconds(1)).get();
  ASSERT_OK(leases);
  EXPECT_THAT(*leases, SizeIs(1));
}

TEST_F(DispatcherTest, APollThatIsCancelledWhileTheStoreIsAskedDoesNotWaitAfterwards) {
  OpenSession("a");
  std::promise<void> go_on;
  store_.Ping([&](absl::StatusOr<bool> const&) { go_on.get_future().wait(); });
  Dispatcher::PollId id = 0;
  std::future<Leases> poll = Poll("a", absl::Seconds(30), &id);
  dispatcher_.Cancel(id);
  go_on.set_value();
  EXPECT_THAT(poll.get(), StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(dispatcher_.waiting(), 0);
}

TEST_F(DispatcherTest, APollThatFailsDoesNotKeepTheJobFromTheNext) {
  OpenSession("a");
  OpenSession("b");
  std::future<Leases> replaced = Poll("a", absl::Seconds(30));
  std::future<Leases> waiting = Poll("b", absl::Seconds(30));
  Settle();
  NewSession again;
  again.worker = "a-worker";
  again.session = "a2";
  ASSERT_OK(Await<OpenedSession>([&](auto done) { store_.OpenSession(again, std::move(done)); }));
  Enqueue(JobFor("6.1"));
  EXPECT_THAT(replaced.get(), StatusIs(absl::StatusCode::kAborted));
  Leases const leases = waiting.get();
  ASSERT_OK(leases);
  EXPECT_THAT(*leases, SizeIs(1));
}

TEST_F(DispatcherTest, AfterStoppingNobodyGetsAnything) {
  OpenSession("a");
  std::future<Leases> waiting = Poll("a", absl::Seconds(30));
  Settle();
  dispatcher_.StopGranting();
  Enqueue(JobFor("6.1"));
  std::future<Leases> later = Poll("a", absl::Seconds(30));
  for (std::future<Leases>* poll : {&waiting, &later}) {
    EXPECT_THAT(poll->get(), StatusIs(absl::StatusCode::kUnavailable));
  }
}

TEST_F(DispatcherTest, AnUnknownSessionIsToldSo) {
  EXPECT_THAT(Poll("nobody", absl::Seconds(30)).get(), StatusIs(absl::StatusCode::kAborted));
}

}  // namespace
}  // namespace probefarm
