#include "lib/http/host_limit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <vector>

#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

// Answers when it is let go.
class HeldClient final : public HttpClient {
 public:
  absl::StatusOr<HttpResponse> Send(HttpRequest const& /*request*/) override {
    MutexLock lock(mu_);
    ++inside_;
    most_ = std::max(most_, inside_);
    changed_.NotifyAll();
    while (!let_go_) changed_.Wait(mu_);
    --inside_;
    return HttpResponse{.status = 200};
  }
  void WaitForInside(int count) {
    MutexLock lock(mu_);
    while (inside_ < count) changed_.Wait(mu_);
  }
  void LetGo() {
    MutexLock lock(mu_);
    let_go_ = true;
    changed_.NotifyAll();
  }
  int most() {
    MutexLock lock(mu_);
    return most_;
  }

 private:
  Mutex mu_;
  CondVar changed_;
  int inside_ GUARDED_BY(mu_) = 0;
  int most_ GUARDED_BY(mu_) = 0;
  bool let_go_ GUARDED_BY(mu_) = false;
};

class HostLimitTest : public testing::Test {
 protected:
  std::future<absl::StatusOr<HttpResponse>> Get(std::string url,
                                                std::function<bool()> cancelled = nullptr) {
    return std::async(std::launch::async, [this, url = std::move(url), cancelled] {
      return limited_.Send({.url = url, .cancelled = cancelled});
    });
  }

  HeldClient held_;
  HostLimitedClient limited_{&held_, 2};
};

TEST_F(HostLimitTest, LetsAsManyInAsAHostBears) {
  std::vector<std::future<absl::StatusOr<HttpResponse>>> calls;
  for (int i = 0; i < 5; ++i) calls.push_back(Get("http://one/x"));
  held_.WaitForInside(2);
  held_.LetGo();
  for (auto& call : calls) EXPECT_OK(call.get());
  EXPECT_EQ(held_.most(), 2);
}

TEST_F(HostLimitTest, HostsDoNotWaitForOneAnother) {
  std::vector<std::future<absl::StatusOr<HttpResponse>>> calls;
  for (char const* const url : {"http://one/x", "http://one/y", "http://two/x", "http://three/x"})
    calls.push_back(Get(url));
  held_.WaitForInside(4);
  held_.LetGo();
  for (auto& call : calls) EXPECT_OK(call.get());
}

TEST_F(HostLimitTest, AWaitCanBeCancelled) {
  auto first = Get("http://one/x");
  auto second = Get("http://one/x");
  held_.WaitForInside(2);
  std::atomic<int> asked = 0;
  auto third = Get("http://one/x", [&] { return ++asked > 1; });
  EXPECT_THAT(third.get(), StatusIs(absl::StatusCode::kCancelled));
  held_.LetGo();
  EXPECT_OK(first.get());
  EXPECT_OK(second.get());
}

}  // namespace
}  // namespace probefarm
