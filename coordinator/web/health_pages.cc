#include "coordinator/web/health_pages.h"

#include "absl/strings/str_cat.h"

namespace probefarm {
namespace {

constexpr absl::Duration kResultHolds = absl::Seconds(1);
constexpr absl::Duration kResultIsStale = absl::Seconds(10);

}  // namespace

HttpAnswer LivenessPage::Answer(IncomingRequest const& /*request*/) {
  return TextAnswer(200, "alive");
}

ReadinessPage::ReadinessPage(std::vector<ReadinessCheck> checks, Clock const* clock)
    : checks_(std::move(checks)), clock_(clock) {}

HttpAnswer ReadinessPage::Answer(IncomingRequest const& /*request*/) {
  if (BeginCheck()) EndCheck(RunChecks());
  return LastResult();
}

HttpAnswer ReadinessPage::LastResult() {
  MutexLock lock(mu_);
  if (!problems_.empty()) return TextAnswer(503, problems_);
  absl::Duration const age = clock_->SinceBoot() - checked_at_;
  if (age < kResultIsStale) return TextAnswer(200, "ready");
  return TextAnswer(503, absl::StrCat("the checks have not ended for ", absl::FormatDuration(age)));
}

bool ReadinessPage::BeginCheck() {
  MutexLock lock(mu_);
  if (checking_ || clock_->SinceBoot() - checked_at_ < kResultHolds) return false;
  checking_ = true;
  return true;
}

std::string ReadinessPage::RunChecks() const {
  std::string problems;
  for (ReadinessCheck const& check : checks_) {
    absl::Status const status = check.check();
    if (!status.ok())
      absl::StrAppend(&problems, problems.empty() ? "" : "\n", check.name, ": ", status.ToString());
  }
  return problems;
}

void ReadinessPage::EndCheck(std::string problems) {
  MutexLock lock(mu_);
  checking_ = false;
  checked_at_ = clock_->SinceBoot();
  problems_ = std::move(problems);
}

HttpAnswer MetricsPage::Answer(IncomingRequest const& /*request*/) {
  return {.headers = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}},
          .body = metrics_->Render()};
}

}  // namespace probefarm
