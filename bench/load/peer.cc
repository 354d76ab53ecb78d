#include "bench/load/peer.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include "absl/strings/str_cat.h"

namespace probefarm {

std::shared_ptr<grpc::Channel> OwnChannel(std::string const& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  // What the load itself costs is to be little: it shares the cores with what is measured.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_CHANNELZ, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_PER_MESSAGE_COMPRESSION, 0);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

void Check(grpc::Status const& status, char const* call) {
  if (!status.ok()) throw std::runtime_error(absl::StrCat(call, ": ", status.error_message()));
}

Peer::Peer(std::string const& address, int connections) {
  for (int i = 0; i < connections; ++i) {
    auto const channel = OwnChannel(address);
    jobs_.push_back(v1::JobService::NewStub(channel));
    workers_.push_back(v1::WorkerService::NewStub(channel));
  }
}

std::string Peer::OpenSession(std::string const& worker) {
  v1::OpenSessionRequest request;
  request.set_worker_id(worker);
  request.set_slots(8);
  request.mutable_capabilities()->set_arch(v1::ARCH_X86_64);
  request.mutable_capabilities()->set_memory_bytes_per_slot(int64_t{64} << 30);
  v1::OpenSessionResponse response;
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  SetDeadline(context, absl::Seconds(20));
  Check(workers(0).OpenSession(&context, request, &response), "OpenSession");
  return response.session();
}

v1::CompleteRequest Peer::Failure(std::string const& session, v1::LeaseName const& lease) {
  v1::CompleteRequest request;
  request.set_session(session);
  *request.mutable_lease() = lease;
  request.set_outcome(v1::CompleteRequest::PERMANENT_FAILURE);
  request.mutable_reason()->set_code("load");
  return request;
}

void Peer::Report(std::string const& session, v1::LeaseName const& lease) {
  v1::CompleteResponse response;
  grpc::ClientContext context;
  Check(workers(0).Complete(&context, Failure(session, lease), &response), "Complete");
}

}  // namespace probefarm
