#include "tests/simulation/simulated_network.h"

#include <utility>

namespace probefarm {
namespace {

constexpr double kLost = 0.04;  // of each kind
constexpr absl::Duration kLatest = absl::Seconds(90);

absl::Status Unanswered() { return absl::UnavailableError("no answer came"); }

}  // namespace

template <class Answer>
Answer SimulatedNetwork::Send(Call<Answer> const& call) {
  auto const arrive_later = [&] {
    world_.After(world_.Between(absl::ZeroDuration(), kLatest),
                 [call, &coordinator = coordinator_] {
                   if (coordinator.up()) (void)call(coordinator);
                 });
  };
  if (world_.Goes(kLost)) return Unanswered();
  if (world_.Goes(kLost)) {
    arrive_later();
    return Unanswered();
  }
  if (!coordinator_.up()) return Unanswered();
  Answer answer = call(coordinator_);
  if (!coordinator_.up()) return Unanswered();
  if (world_.Goes(kLost)) arrive_later();
  if (world_.Goes(kLost)) return Unanswered();
  return answer;
}

absl::StatusOr<Session> SimulatedNetwork::OpenSession(WorkerDescription const& worker,
                                                      std::vector<LeaseName> const& held) {
  return Send<absl::StatusOr<Session>>(
      [=](SimulatedCoordinator& coordinator) { return coordinator.OpenSession(worker, held); });
}

absl::StatusOr<std::vector<Lease>> SimulatedNetwork::Acquire(std::string const& session,
                                                             Wish const& wish) {
  return Send<absl::StatusOr<std::vector<Lease>>>(
      [session, request = wish.request_id](SimulatedCoordinator& coordinator) {
        return coordinator.Acquire(session, request);
      });
}

absl::StatusOr<HeartbeatReply> SimulatedNetwork::Heartbeat(std::string const& session,
                                                           WorkerState const& state) {
  return Send<absl::StatusOr<HeartbeatReply>>(
      [=](SimulatedCoordinator& coordinator) { return coordinator.Heartbeat(session, state); });
}

absl::StatusOr<int64_t> SimulatedNetwork::AppendLog(std::string const& session, LeaseName lease,
                                                    int64_t offset, std::string const& bytes) {
  return Send<absl::StatusOr<int64_t>>([=](SimulatedCoordinator& coordinator) {
    return coordinator.AppendLog(session, lease, offset, bytes);
  });
}

absl::StatusOr<NextStep> SimulatedNetwork::ReportArtifact(std::string const& session,
                                                          LeaseName lease,
                                                          std::string const& sha256, int64_t size) {
  return Send<absl::StatusOr<NextStep>>([=](SimulatedCoordinator& coordinator) {
    return coordinator.ReportArtifact(session, lease, {sha256, size});
  });
}

absl::StatusOr<NextStep> SimulatedNetwork::ReportUpload(std::string const& session, LeaseName lease,
                                                        UploadReply const& reply) {
  UploadReport const report{reply.http_status, reply.headers, reply.body, reply.error};
  return Send<absl::StatusOr<NextStep>>([=](SimulatedCoordinator& coordinator) {
    return coordinator.ReportUpload(session, lease, report);
  });
}

absl::Status SimulatedNetwork::Complete(std::string const& session, LeaseName lease, bool permanent,
                                        std::string const& code, std::string const& text) {
  Reason const reason{code, text};
  return Send<absl::Status>([=](SimulatedCoordinator& coordinator) {
    return permanent ? coordinator.End(session, lease, job_event::PermanentFailure{reason})
                     : coordinator.End(session, lease, job_event::TransientFailure{reason});
  });
}

absl::Status SimulatedNetwork::Release(std::string const& session, LeaseName lease,
                                       std::string const& code, std::string const& text) {
  Reason const reason{code, text};
  return Send<absl::Status>([=](SimulatedCoordinator& coordinator) {
    return coordinator.End(session, lease, job_event::Release{reason});
  });
}

}  // namespace probefarm
