#include "worker/lease/lease_run.h"

#include <algorithm>
#include <cstdio>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "lib/runtime/log.h"
#include "worker/lease/persistent_call.h"

namespace probefarm {
namespace {

constexpr absl::Duration kSendLogEvery = absl::Milliseconds(500);
constexpr absl::Duration kLookEvery = absl::Seconds(1);

Phase PhaseOf(BuildPhase phase) {
  switch (phase) {
    case BuildPhase::kFetching:
      return Phase::kFetching;
    case BuildPhase::kBuilding:
      return Phase::kBuilding;
    case BuildPhase::kChecking:
      return Phase::kChecking;
  }
  return Phase::kFetching;
}

absl::string_view Meaning(BuildFailure::Class failure_class) {
  switch (failure_class) {
    case BuildFailure::Class::kPermanent:
      return "cannot be built";
    case BuildFailure::Class::kTransient:
      return "build failed, may be tried again";
    case BuildFailure::Class::kMachine:
      return "this machine cannot build now, the lease is given back";
  }
  return "build failed";
}

// The log is for people: what could not be sent is worth a line, and never the build.
void ReportUnsent(absl::Status const& sent, LeaseName name) {
  if (sent.ok()) return;
  Log(LogLevel::kWarning, "the end of the build log was not sent",
      {{"job", name.job}, {"epoch", name.epoch}, {"error", sent.ToString()}});
}

}  // namespace

LeaseRun::LeaseRun(CoordinatorClient& coordinator, LeaseTable& leases, SessionKeeper& session,
                   Publishing& publishing, PatientExecutor& uploads, StopSignal& stop, Clock& clock,
                   std::string worker_id, Build build)
    : coordinator_(coordinator),
      leases_(leases),
      session_(session),
      publishing_(publishing),
      uploads_(uploads),
      stop_(stop),
      clock_(clock),
      worker_id_(std::move(worker_id)),
      build_(std::move(build)) {}

LeaseRun::Machine LeaseRun::Run(Lease const& lease) {
  leases_.Add(lease.name);
  // Whoever stops the worker ends the leases that are in the table by then.
  if (stop_.stage() == StopSignal::Stage::kStopping) leases_.End(lease.name);
  std::shared_ptr<LogSender> log = MakeLog(lease.name);
  absl::StatusOr<BuildSpec> const spec = ParseBuildSpec(lease.spec);
  if (!spec.ok()) {
    Tell(lease.name, *log,
         {BuildFailure::Class::kPermanent, "bad_spec", std::string(spec.status().message())});
    leases_.Remove(lease.name);
    return Machine::kFit;
  }
  Log(LogLevel::kInfo, "build starts",
      {{"job", lease.name.job}, {"epoch", lease.name.epoch}, {"probe", Describe(spec->probe)}});
  BuildOutcome outcome = build_(*spec, ContextFor(lease.name, *log));
  if (auto* artifact = std::get_if<BuiltArtifact>(&outcome)) {
    Log(LogLevel::kInfo, "built",
        {{"job", lease.name.job},
         {"epoch", lease.name.epoch},
         {"file", spec->file_name},
         {"sha256", artifact->sha256}});
    Publish(lease.name, *artifact, std::move(log));
    return Machine::kFit;
  }
  auto const* failure = std::get_if<BuildFailure>(&outcome);
  if (failure != nullptr) {
    Tell(lease.name, *log, *failure);
  } else {
    GiveBack(lease.name);
  }
  leases_.Remove(lease.name);
  bool const unfit = failure != nullptr && failure->failure_class == BuildFailure::Class::kMachine;
  return unfit ? Machine::kUnfit : Machine::kFit;
}

std::shared_ptr<LogSender> LeaseRun::MakeLog(LeaseName name) {
  return std::make_shared<LogSender>(
      [this, name](int64_t offset, std::string const& bytes) {
        return coordinator_.AppendLog(session_.token(), name, offset, bytes);
      },
      kSendLogEvery);
}

BuildRunContext LeaseRun::ContextFor(LeaseName name, LogSender& log) {
  BuildRunContext context;
  context.lease = {worker_id_, name.job, name.epoch};
  context.on_phase = [this, name](BuildPhase phase, absl::string_view progress) {
    leases_.SetPhase(name, PhaseOf(phase), progress);
  };
  context.log = [&log](absl::string_view bytes) { log.Append(bytes); };
  context.cancelled = [this, name] { return leases_.IsOver(name); };
  return context;
}

void LeaseRun::Publish(LeaseName name, BuiltArtifact const& artifact,
                       std::shared_ptr<LogSender> log) {
  Delivery delivery{{name, artifact.path, artifact.sha256, artifact.size}};
  uploads_.Run([this, delivery = std::move(delivery), log = std::move(log),
                due = absl::InfinitePast()]() mutable -> std::optional<absl::Time> {
    // Once the table is empty the worker may end, and with it what the log is sent by.
    if (log) SendRest(*std::exchange(log, nullptr), delivery.file.lease);
    return GoOn(delivery, due);
  });
}

// The lease may end moments after the next call: what is not sent by then is lost.
void LeaseRun::SendRest(LogSender& log, LeaseName name) {
  ReportUnsent(CallPersistently([&] { return log.Flush(); }, [&] { return leases_.IsOver(name); },
                                [&](absl::Duration wait) { stop_.WaitFor(wait); }),
               name);
}

std::optional<absl::Time> LeaseRun::GoOn(Delivery& delivery, absl::Time& due) {
  absl::Time const now = clock_.Now();
  if (now < due && !leases_.IsOver(delivery.file.lease)) return std::min(due, now + kLookEvery);
  std::variant<PublishingEnd, absl::Time> const next = publishing_.GoOn(delivery);
  if (auto const* later = std::get_if<absl::Time>(&next)) {
    due = *later;
    return std::min(due, now + kLookEvery);
  }
  End(delivery.file, std::get<PublishingEnd>(next));
  return std::nullopt;
}

void LeaseRun::End(BuiltFile const& file, PublishingEnd end) {
  if (end == PublishingEnd::kLeaseOver) GiveBack(file.lease);
  if (std::remove(file.path.c_str()) != 0) {
    Log(LogLevel::kWarning, "cannot delete the spooled artifact", {{"path", file.path}});
  }
  leases_.Remove(file.lease);
}

// The end of the log says why it failed, and nothing is taken after the completion: each try sends
// the one before the other.
void LeaseRun::Tell(LeaseName name, LogSender& log, BuildFailure const& failure) {
  Log(LogLevel::kWarning, Meaning(failure.failure_class),
      {{"job", name.job}, {"epoch", name.epoch}, {"code", failure.code}, {"text", failure.text}});
  absl::Status const told = CallPersistently(
      [&] {
        ReportUnsent(log.Flush(), name);
        return TellOnce(name, failure);
      },
      [&] { return leases_.IsOver(name); }, [&](absl::Duration wait) { stop_.WaitFor(wait); });
  if (!told.ok()) {
    Log(LogLevel::kWarning, "the failure was not taken",
        {{"job", name.job}, {"epoch", name.epoch}, {"error", told.ToString()}});
  }
}

absl::Status LeaseRun::TellOnce(LeaseName name, BuildFailure const& failure) {
  if (failure.failure_class == BuildFailure::Class::kMachine)
    return coordinator_.Release(session_.token(), name, failure.code, failure.text);
  bool const permanent = failure.failure_class == BuildFailure::Class::kPermanent;
  return coordinator_.Complete(session_.token(), name, permanent, failure.code, failure.text);
}

// A worker that stops gives its leases back at once; one whose lease was taken away has nothing to
// give.
void LeaseRun::GiveBack(LeaseName name) {
  if (stop_.stage() != StopSignal::Stage::kStopping) return;
  absl::Status const released = coordinator_.Release(session_.token(), name, "worker_stopped",
                                                     absl::StrCat("worker ", worker_id_, " stops"));
  if (!released.ok()) {
    Log(LogLevel::kWarning, "the lease was not given back, it will expire",
        {{"job", name.job}, {"epoch", name.epoch}, {"error", released.ToString()}});
  }
}

}  // namespace probefarm
