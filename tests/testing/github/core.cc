#include "tests/testing/github/core.h"

#include "absl/strings/str_cat.h"
#include "lib/digest/sha256.h"
#include "tests/testing/github/conditional.h"
#include "tests/testing/github/fault_answer.h"

namespace probefarm::fake_github {
namespace {

using Effect = FakeFaultEffect;

bool IsLimited(Call const& call) { return call.host == Host::kApi || call.host == Host::kUploads; }

Answer LimitAnswer(Refusal const& refusal, bool answer_429) {
  int const status = answer_429 ? 429 : 403;
  if (refusal.by == "primary") return PrimaryLimitAnswer(status);
  bool const content = refusal.by == "content-minute" || refusal.by == "content-hour";
  return content ? ContentLimitAnswer(status, refusal.retry_after)
                 : SecondaryLimitAnswer(status, refusal.retry_after);
}

// What a fault makes of an asset that was just uploaded.
void SpoilAsset(FakeFault const& fault, FakeAsset& asset) {
  if (fault.effect == Effect::kNullDigest || fault.effect == Effect::kNoDigest)
    asset.digest.clear();
  asset.without_digest_field = fault.effect == Effect::kNoDigest;
  if (fault.effect == Effect::kState) asset.state = fault.text.empty() ? "processing" : fault.text;
}

std::string HttpDate(absl::Time time) {
  return absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", time, absl::UTCTimeZone());
}

}  // namespace

Core::Core(FakeGitHubOptions options, Urls urls, std::unique_ptr<Journal> journal, World world)
    : options_(std::move(options)),
      urls_(std::move(urls)),
      journal_(std::move(journal)),
      clock_(options_.clock != nullptr ? options_.clock : &system_clock_),
      world_(std::move(world)) {
  limiter_.SetLimits(options_.limits);
}

absl::Time Core::Now() const {
  MutexLock lock(mu_);
  return NowLocked();
}

void Core::AdvanceClock(absl::Duration by) {
  MutexLock lock(mu_);
  ahead_ += by;
}

size_t Core::Log(Call const& call, bool right_host) {
  bool const has_token = !call.head.Header("authorization").empty();
  MutexLock lock(mu_);
  ++counters_.calls[std::string(FakeCallKindName(call.kind))];
  if (has_token && (!IsLimited(call) || !right_host)) ++counters_.leaked_tokens;
  requests_.push_back({.listener = std::string(HostName(call.host)),
                       .method = call.head.method,
                       .target = call.head.target,
                       .host = call.head.Header("host"),
                       .has_authorization = has_token,
                       .kind = call.kind,
                       .at = call.now});
  return requests_.size() - 1;
}

void Core::LogStatus(size_t number, int status) {
  MutexLock lock(mu_);
  if (number < requests_.size()) requests_[number].status = status;
}

std::optional<FakeFault> Core::Strike(Call const& call) {
  MutexLock lock(mu_);
  return faults_.Strike(call.kind, call.head.target);
}

Core::Admission Core::Begin(Call& call) {
  MutexLock lock(mu_);
  Admission admission;
  if (!IsLimited(call)) return admission;
  // An App comes with a JWT of its own making, which its call checks.
  if (call.kind == FakeCallKind::kCreateToken) {
    admission.caller.login = "app";
    admission.caller.points_an_hour = 5000;
  } else {
    admission.caller = IdentifyCaller(world_, call);
  }
  call.login = admission.caller.login;
  admission.refused = admission.caller.refused;
  if (!admission.refused) admission.refused = Limit(call, admission);
  return admission;
}

std::optional<Answer> Core::Limit(Call const& call, Admission& admission) {
  Limiter::Admission const begun =
      limiter_.Begin(call.login, admission.caller.points_an_hour, call.kind, NowLocked());
  admission.ticket = begun.ticket;
  if (!begun.refusal) return std::nullopt;
  ++counters_.limited;
  ++counters_.limited_by[begun.refusal->by];
  return LimitAnswer(*begun.refusal, limiter_.limits().answer_429);
}

int Core::PointsOf(Call const& call, Answer const& answer) const {
  if (answer.status == 304 || call.kind == FakeCallKind::kRateLimit) return 0;
  if (answer.clash) return limiter_.limits().clash_points;
  return call.kind == FakeCallKind::kUpload ? limiter_.limits().upload_points : 1;
}

void Core::End(Call const& call, Admission const& admission, Answer& answer) {
  MutexLock lock(mu_);
  if (call.host == Host::kApi)
    AnswerConditionally(call, options_.etag_by_token ? call.head.Header("authorization") : "",
                        answer);
  bool const free = answer.status == 304;
  if (free) ++counters_.not_modified;
  if (admission.ticket != 0)
    limiter_.End(call.login, admission.ticket, PointsOf(call, answer), free, NowLocked());
  AddHeaders(call, admission, answer);
}

void Core::AddHeaders(Call const& call, Admission const& admission, Answer& answer) {
  absl::Time const now = NowLocked();
  answer.headers.emplace_back("Date", HttpDate(now));
  if (!IsLimited(call)) return;
  answer.headers.emplace_back("X-GitHub-Request-Id", absl::StrCat("FAKE:", requests_.size()));
  if (call.host != Host::kApi || admission.caller.refused) return;
  PrimaryLimit const primary = limiter_.Primary(call.login, admission.caller.points_an_hour, now);
  AddRateHeaders(answer, {.limit = primary.limit,
                          .used = primary.used,
                          .remaining = primary.remaining(),
                          .reset = primary.reset});
}

Answer Core::Perform(Call const& call, Caller const& caller) {
  Answer answer;
  std::vector<Record> const records =
      Locked([&](World&) REQUIRES(mu_) { answer = AnswerCall(SceneNow(), call, caller); });
  Keep(records);
  return answer;
}

std::optional<Answer> Core::RefuseUpload(Call const& call, Caller const& caller) {
  MutexLock lock(mu_);
  Access const access = AccessRepository(world_, call, caller);
  if (access.repository == nullptr) return access.refused;
  return fake_github::RefuseUpload(SceneNow(), call, *access.repository);
}

Answer Core::Upload(Call const& call, Caller const& caller, std::string body,
                    std::optional<FakeFault> const& fault) {
  std::string const sha256 = Sha256Hex(body);
  auto const bytes = std::make_shared<std::string const>(std::move(body));
  Answer answer;
  std::vector<Record> const records = Locked([&](World& world) REQUIRES(mu_) {
    Access const access = AccessRepository(world, call, caller);
    answer = access.repository == nullptr
                 ? access.refused
                 : CommitUpload(SceneNow(), call, *access.repository, bytes, sha256);
    if (!fault || answer.made_asset == 0) return;
    auto const [release, asset] = access.repository->FindAsset(answer.made_asset);
    SpoilAsset(*fault, *asset);
    answer.body = AssetJson(urls_, *access.repository, *release, *asset);
  });
  Keep(records);
  return answer;
}

void Core::LeaveStarter(Call const& call, Caller const& caller) {
  std::vector<Record> const records = Locked([&](World& world) REQUIRES(mu_) {
    Access const access = AccessRepository(world, call, caller);
    if (access.repository != nullptr)
      fake_github::LeaveStarter(SceneNow(), call, *access.repository);
  });
  Keep(records);
}

void Core::ExpireTokenOf(Call const& call) {
  WithWorld([&](World& world) {
    Caller const caller = IdentifyCaller(world, call);
    if (caller.token) world.ExpireToken(caller.token->value, call.now);
  });
}

void Core::Plant(FakeFault fault) {
  MutexLock lock(mu_);
  faults_.Plant(std::move(fault));
}

void Core::ClearFaults() {
  MutexLock lock(mu_);
  faults_.Clear();
}

void Core::SetLimits(FakeLimits limits) {
  MutexLock lock(mu_);
  limiter_.SetLimits(limits);
}

FakeLimits Core::limits() const {
  MutexLock lock(mu_);
  return limiter_.limits();
}

FakeCounters Core::counters() const {
  MutexLock lock(mu_);
  FakeCounters counters = counters_;
  counters.points = limiter_.points();
  counters.most_concurrent = limiter_.most_concurrent();
  counters.faults_struck = faults_.struck();
  return counters;
}

void Core::ResetCounters() {
  MutexLock lock(mu_);
  counters_ = {};
  limiter_.ResetCounts();
  faults_.ResetCount();
}

std::vector<FakeRequest> Core::requests() const {
  MutexLock lock(mu_);
  return requests_;
}

std::vector<Record> Core::TakeRecords() {
  std::vector<Record> records;
  for (Change const& change : world_.TakeChanges())
    if (journal_) records.push_back(MakeRecord(world_, change));
  return records;
}

void Core::Keep(std::vector<Record> const& records) const {
  if (journal_) journal_->Write(records);
}

Scene Core::SceneNow() {
  return {.world = world_,
          .limiter = limiter_,
          .urls = urls_,
          .links_by_id = options_.links_by_id,
          .embedded_assets = options_.embedded_assets};
}

}  // namespace probefarm::fake_github
