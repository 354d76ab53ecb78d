#include "tests/testing/github/recorded_github.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/runtime/mutex.h"
#include "lib/runtime/status_macros.h"
#include "tests/testing/github/deliver.h"
#include "tests/testing/github/http_listener.h"
#include "tests/testing/github/recording.h"

namespace probefarm {

using fake_github::Answer;
using fake_github::Call;
using fake_github::Host;
using fake_github::HttpConnection;
using fake_github::HttpListener;
using fake_github::RecordedStep;
using fake_github::RequestHead;

class RecordedGitHub::Impl {
 public:
  Impl(std::vector<RecordedStep> steps, std::unique_ptr<HttpListener> api,
       std::unique_ptr<HttpListener> uploads)
      : steps_(std::move(steps)), api_(std::move(api)), uploads_(std::move(uploads)) {
    Serve(*api_, Host::kApi);
    Serve(*uploads_, Host::kUploads);
  }

  ~Impl() {
    api_->Stop();
    uploads_->Stop();
  }

  fake_github::Urls urls() const { return {.api = api_->url(), .uploads = uploads_->url()}; }

  std::string next_step() const EXCLUDES(mu_) {
    MutexLock lock(mu_);
    return next_ < steps_.size() ? steps_[next_].Name() : "";
  }

  int64_t steps_left() const EXCLUDES(mu_) {
    MutexLock lock(mu_);
    return std::ssize(steps_) - static_cast<int64_t>(next_);
  }

  std::vector<std::string> complaints() const EXCLUDES(mu_) {
    MutexLock lock(mu_);
    return complaints_;
  }

  std::vector<Request> requests() const EXCLUDES(mu_) {
    MutexLock lock(mu_);
    return requests_;
  }

 private:
  void Serve(HttpListener& listener, Host host) {
    listener.Serve([this, host](HttpConnection& connection, RequestHead const& head) {
      std::string body;
      std::optional<std::string> piece;
      do {
        piece = connection.ReadPiece(size_t{64} << 10);
        if (!piece) return connection.Spoil();
        body += *piece;
      } while (!piece->empty());
      Deliver(connection, Next(RouteCall(host, head), body), false, std::nullopt);
    });
  }

  Answer Next(Call const& call, std::string const& body) EXCLUDES(mu_) {
    MutexLock lock(mu_);
    requests_.push_back({call.head, body});
    std::string const came = absl::StrCat(call.head.method, " ", call.head.target, " at the ",
                                          fake_github::HostName(call.host), " listener");
    bool const over = next_ >= steps_.size();
    std::string const why = over ? "nothing more" : WhyNot(steps_[next_], call, body);
    if (why.empty()) return Localised(steps_[next_++].answer, urls());
    complaints_.push_back(
        absl::StrCat(came, ": ", why, over ? "" : " than ", over ? "" : steps_[next_].Name()));
    return fake_github::ErrorAnswer(501, complaints_.back());
  }

  std::vector<RecordedStep> const steps_;
  std::unique_ptr<HttpListener> const api_;
  std::unique_ptr<HttpListener> const uploads_;
  mutable Mutex mu_;
  size_t next_ GUARDED_BY(mu_) = 0;
  std::vector<Request> requests_ GUARDED_BY(mu_);
  std::vector<std::string> complaints_ GUARDED_BY(mu_);
};

RecordedGitHub::RecordedGitHub(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RecordedGitHub::~RecordedGitHub() = default;

absl::StatusOr<std::unique_ptr<RecordedGitHub>> RecordedGitHub::Start(std::string const& file,
                                                                      int skip, int port) {
  ASSIGN_OR_RETURN(std::vector<RecordedStep> steps, fake_github::ReadRecording(file));
  steps.erase(steps.begin(), steps.begin() + std::min<int64_t>(skip, std::ssize(steps)));
  return Replay(std::move(steps), port);
}

absl::StatusOr<std::unique_ptr<RecordedGitHub>> RecordedGitHub::Replay(
    std::vector<RecordedStep> steps, int port) {
  ASSIGN_OR_RETURN(std::unique_ptr<HttpListener> api, HttpListener::Bind(port));
  ASSIGN_OR_RETURN(std::unique_ptr<HttpListener> uploads,
                   HttpListener::Bind(port == 0 ? 0 : port + 1));
  return std::unique_ptr<RecordedGitHub>(new RecordedGitHub(
      std::make_unique<Impl>(std::move(steps), std::move(api), std::move(uploads))));
}

std::string RecordedGitHub::api_url() const { return impl_->urls().api; }
std::string RecordedGitHub::uploads_url() const { return impl_->urls().uploads; }
std::string RecordedGitHub::next_step() const { return impl_->next_step(); }
int64_t RecordedGitHub::steps_left() const { return impl_->steps_left(); }
std::vector<std::string> RecordedGitHub::complaints() const { return impl_->complaints(); }
std::vector<RecordedGitHub::Request> RecordedGitHub::requests() const { return impl_->requests(); }

}  // namespace probefarm
