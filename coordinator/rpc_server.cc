#include "coordinator/rpc_server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <chrono>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/rpc/channel.h"
#include "lib/tls/transport_rule.h"

namespace probefarm {
namespace {

constexpr auto kGrace = std::chrono::seconds(3);

// A program that links reflection has it in every server: here it is taken out again.
class WithoutReflection : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    std::erase_if(*plugins,
                  [](auto const& plugin) { return plugin->name() == "proto_server_reflection"; });
  }
};

std::string Taken(std::string const& address, int port) {
  if (absl::StartsWith(address, "unix:") || absl::StartsWith(address, "unix-")) return address;
  return absl::StrCat(HostOf(address), ":", port);
}

}  // namespace

absl::StatusOr<std::unique_ptr<RpcServer>> RpcServer::Start(
    std::string const& address, std::shared_ptr<grpc::ServerCredentials> credentials,
    bool reflection, std::vector<grpc::Service*> const& services) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  if (!reflection) builder.SetOption(std::make_unique<WithoutReflection>());
  ConfigureServer(builder);
  int port = 0;
  builder.AddListeningPort(address, credentials, &port);
  for (grpc::Service* service : services) builder.RegisterService(service);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (!server || port == 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot listen at ", address,
                     ": is the port in use, or the address not this machine's? --listen "
                     "takes another"));
  }
  return std::unique_ptr<RpcServer>(
      new RpcServer(std::move(credentials), std::move(server), Taken(address, port)));
}

RpcServer::RpcServer(std::shared_ptr<grpc::ServerCredentials> credentials,
                     std::unique_ptr<grpc::Server> server, std::string address)
    : credentials_(std::move(credentials)),
      server_(std::move(server)),
      address_(std::move(address)) {
  server_->GetHealthCheckService()->SetServingStatus(true);
}

void RpcServer::BeginShutdown() { server_->GetHealthCheckService()->SetServingStatus(false); }

RpcServer::~RpcServer() {
  server_->Shutdown(std::chrono::system_clock::now() + kGrace);
  server_->Wait();
}

}  // namespace probefarm
