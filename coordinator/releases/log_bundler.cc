#include "coordinator/releases/log_bundler.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/releases/recorded_assets.h"
#include "coordinator/store/await.h"
#include "lib/digest/sha256.h"
#include "lib/driver/log_bundle_name.h"
#include "lib/runtime/failpoint.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr int64_t kPiece = 1 << 20;
constexpr int kMostOfOnePass = 20;

int HighestOf(std::vector<LogBundle> const& bundles) {
  return bundles.empty() ? 0 : bundles.back().number;
}

}  // namespace

LogBundler::LogBundler(Store* store, ReleaseHost* host, Clock const* clock, Metrics* metrics,
                       LogBundlerOptions options)
    : store_(store), host_(host), clock_(clock), metrics_(metrics), options_(options) {}

void LogBundler::RunOnce() {
  absl::StatusOr<std::vector<WaitingLogs>> const waiting = Await<std::vector<WaitingLogs>>(
      [this](auto done) { store_->ListWaitingLogs(std::move(done)); });
  absl::Status status = waiting.status();
  if (waiting.ok()) {
    status = ServeAll(*waiting);
  } else {
    Log(LogLevel::kWarning, "logs that wait for a bundle are not known",
        {{"error", status.ToString()}});
  }
  MutexLock lock(mu_);
  last_error_ = std::move(status);
}

absl::Status LogBundler::last_error() const {
  MutexLock lock(mu_);
  return last_error_;
}

absl::Status LogBundler::ServeAll(std::vector<WaitingLogs> const& list) {
  absl::Status first_error;
  int64_t logs = 0;
  for (WaitingLogs const& waiting : list) {
    logs += waiting.logs;
    absl::Status const status =
        Annotate(Serve(waiting), absl::StrCat("release ", Describe(waiting.release)));
    if (status.ok()) continue;
    Log(LogLevel::kWarning, "a bundle of logs was not written",
        {{"release", Describe(waiting.release)}, {"error", status.ToString()}});
    metrics_->Count("probefarm_log_bundle_failures_total", "Bundles of logs that failed", {}, 1);
    first_error.Update(status);
  }
  metrics_->Set("probefarm_logs_waiting", "Build logs of published probes in no bundle yet", {},
                static_cast<double>(logs));
  return first_error;
}

absl::Status LogBundler::Serve(WaitingLogs const& waiting) {
  if (waiting.planned) RETURN_IF_ERROR(Finish(waiting.release));
  WaitingLogs left = waiting;
  for (int pass = 0; pass < kMostOfOnePass && left.logs > 0; ++pass) {
    ASSIGN_OR_RETURN(std::vector<LogBundle> const bundles, BundlesOf(waiting.release));
    auto const count = static_cast<int>(bundles.size());
    if (!BundleIsDue(left, count, options_.terms, clock_->Now())) return absl::OkStatus();
    RETURN_IF_ERROR(Close(waiting.release, HighestOf(bundles) + 1));
    left.logs -= std::min<int64_t>(left.logs, options_.terms.logs);
    // Those that are left are younger, and nobody has asked since when.
    left.oldest = clock_->Now();
  }
  return absl::OkStatus();
}

absl::Status LogBundler::Finish(ReleaseKey const& release) {
  ASSIGN_OR_RETURN(std::vector<LogBundle> const bundles, BundlesOf(release));
  if (bundles.empty() || bundles.back().held) return absl::OkStatus();
  LogBundle const& planned = bundles.back();
  ASSIGN_OR_RETURN(std::vector<PublishedAsset> assets, AssetsOf(release));
  std::erase_if(assets, [&](auto const& asset) { return asset.log.bundle != planned.number; });
  std::sort(assets.begin(), assets.end(),
            [](auto const& a, auto const& b) { return a.asset_name < b.asset_name; });
  ASSIGN_OR_RETURN(Rendered const rendered, Render(assets, planned.number));
  if (!assets.empty() && rendered.bundle.sha256 == planned.sha256)
    return WritePlanned(release, rendered);
  // A probe was built again since, or the compression is another one: its logs wait again.
  Log(LogLevel::kInfo, "a bundle of logs is planned anew",
      {{"release", Describe(release)}, {"bundle", LogBundleName(planned.number)}});
  return Plan(release, {});
}

absl::Status LogBundler::Close(ReleaseKey const& release, int number) {
  ASSIGN_OR_RETURN(std::vector<PublishedAsset> const assets, AssetsOf(release));
  ASSIGN_OR_RETURN(Rendered const rendered, Render(NextBundleOf(assets, options_.terms), number));
  if (rendered.logs.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(Plan(release, rendered));
  Failpoint("log_bundle.planned");
  return WritePlanned(release, rendered);
}

absl::Status LogBundler::Plan(ReleaseKey const& release, Rendered const& rendered) {
  return Await<bool>([&](auto done) {
           store_->PlanLogBundle(release, rendered.bundle, rendered.logs, std::move(done));
         })
      .status();
}

absl::Status LogBundler::WritePlanned(ReleaseKey const& release, Rendered const& rendered) {
  int const number = rendered.bundle.number;
  absl::Status const written =
      host_->WriteLogBundle(release, LogBundleName(number), rendered.bytes);
  if (absl::IsAlreadyExists(written)) {
    // Somebody else's, or of a catalog that was lost: it stays, and the next number is tried at the
    // next pass.
    Rendered next = rendered;
    ++next.bundle.number;
    RETURN_IF_ERROR(Plan(release, next));
  }
  RETURN_IF_ERROR(written);
  Failpoint("log_bundle.uploaded");
  RETURN_IF_ERROR(Await<bool>([&](auto done) {
                    store_->LogBundleHeld(release, number, std::move(done));
                  }).status());
  metrics_->Count("probefarm_log_bundles_total", "Bundles of logs written", {}, 1);
  Log(LogLevel::kInfo, "a bundle of logs was written",
      {{"release", Describe(release)},
       {"bundle", LogBundleName(number)},
       {"logs", static_cast<int64_t>(rendered.logs.size())}});
  return absl::OkStatus();
}

absl::StatusOr<LogBundler::Rendered> LogBundler::Render(std::vector<PublishedAsset> const& assets,
                                                        int number) {
  Rendered rendered;
  std::vector<NamedLog> logs;
  int64_t bytes = 0;
  for (PublishedAsset const& asset : assets) {
    ASSIGN_OR_RETURN(std::string text, LogOf(asset));
    auto const size = static_cast<int64_t>(text.size());
    if (!logs.empty() && bytes + size > options_.most_bytes) break;
    bytes += size;
    rendered.logs.push_back({asset.asset_name, Sha256Hex(text), size});
    logs.push_back({asset.asset_name, std::move(text)});
  }
  // A plan that is found again is rendered in this order.
  std::sort(logs.begin(), logs.end(),
            [](NamedLog const& a, NamedLog const& b) { return a.asset_name < b.asset_name; });
  ASSIGN_OR_RETURN(rendered.bytes, RenderLogBundle(logs));
  rendered.bundle = {number, Sha256Hex(rendered.bytes),
                     static_cast<int64_t>(rendered.bytes.size())};
  return rendered;
}

absl::StatusOr<std::string> LogBundler::LogOf(PublishedAsset const& asset) {
  std::string text;
  while (true) {
    ASSIGN_OR_RETURN(LogChunk const chunk, Await<LogChunk>([&](auto done) {
                       store_->ReadLog(
                           {asset.job, asset.epoch, static_cast<int64_t>(text.size()), kPiece},
                           std::move(done));
                     }));
    text += chunk.bytes;
    if (chunk.bytes.empty()) return text;
    if (static_cast<int64_t>(text.size()) < options_.most_bytes) continue;
    text.resize(static_cast<size_t>(options_.most_bytes));
    return absl::StrCat(text, "\n[probefarm: the rest is left out]\n");
  }
}

absl::StatusOr<std::vector<LogBundle>> LogBundler::BundlesOf(ReleaseKey const& release) {
  return Await<std::vector<LogBundle>>(
      [&](auto done) { store_->ListLogBundles(release, std::move(done)); });
}

absl::StatusOr<std::vector<PublishedAsset>> LogBundler::AssetsOf(ReleaseKey const& release) {
  return RecordedAssets(*store_, {.repository = release.repository, .tag = release.tag});
}

}  // namespace probefarm
