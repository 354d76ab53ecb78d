#include "bench/load/echo.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/support/byte_buffer.h>

#include <array>
#include <atomic>
#include <csignal>
#include <deque>
#include <thread>

#include "bench/load/peer.h"
#include "bench/load/rate.h"

namespace probefarm {
namespace {

constexpr size_t kBytes = 512;

// One call. Deletes itself.
class EchoReactor final : public grpc::ServerGenericBidiReactor {
 public:
  EchoReactor() { StartRead(&message_); }

  void OnReadDone(bool ok) override {
    if (ok) {
      StartWriteAndFinish(&message_, grpc::WriteOptions(), grpc::Status::OK);
    } else {
      Finish(grpc::Status::OK);
    }
  }
  void OnDone() override { delete this; }

 private:
  grpc::ByteBuffer message_;
};

class EchoService final : public grpc::CallbackGenericService {
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext*) override {
    return new EchoReactor;
  }
};

class EchoCaller {
 public:
  EchoCaller(std::shared_ptr<grpc::Channel> const& channel, Rate& rate)
      : stub_(channel), rate_(rate) {
    grpc::Slice const slice(std::string(kBytes, 'x'));
    request_ = grpc::ByteBuffer(&slice, 1);
  }

  void Call() {
    running_ = true;
    context_ = std::make_unique<grpc::ClientContext>();
    context_->set_wait_for_ready(true);
    SetDeadline(*context_, absl::Seconds(60));
    stub_.UnaryCall(context_.get(), "/probefarm.bench/Echo", {}, &request_, &response_,
                    [this](grpc::Status const& status) {
                      if (!status.ok()) rate_.Fail("echo");
                      if (rate_.Done()) {
                        Call();
                      } else {
                        running_ = false;
                      }
                    });
  }
  bool running() const { return running_; }

 private:
  grpc::GenericStub stub_;
  Rate& rate_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  std::unique_ptr<grpc::ClientContext> context_;
  std::atomic<bool> running_ = false;
};

}  // namespace

void ServeEcho(std::string const& address) {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  EchoService service;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials());
  builder.RegisterCallbackGenericService(&service);
  std::unique_ptr<grpc::Server> const server = builder.BuildAndStart();
  if (!server) throw std::runtime_error("cannot listen at " + address);
  int signal = 0;
  sigwait(&stop, &signal);
  server->Shutdown();
}

double MeasureEcho(std::string const& address, int in_flight, absl::Duration time) {
  std::array<std::shared_ptr<grpc::Channel>, 4> channels;
  for (auto& channel : channels) channel = OwnChannel(address);
  Rate rate;
  std::deque<EchoCaller> callers;
  for (int i = 0; i < in_flight; ++i)
    callers.emplace_back(channels[static_cast<size_t>(i) % channels.size()], rate);
  for (EchoCaller& caller : callers) caller.Call();
  double const rate_a_second = rate.Measure(absl::Milliseconds(500), time);
  for (EchoCaller const& caller : callers) {
    while (caller.running()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return rate_a_second;
}

}  // namespace probefarm
