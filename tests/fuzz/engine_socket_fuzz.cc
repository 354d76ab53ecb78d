// What comes from the engine's socket, be it chunked, cut off, or no HTTP at all: every call ends,
// and gives no more bytes on than came.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "lib/runtime/mutex.h"
#include "tests/testing/scripted_http_server.h"
#include "worker/engine/docker_engine.h"

namespace probefarm {
namespace {

// An engine that answers whatever it is asked with the same bytes, and hangs up.
class BabblingEngine {
 public:
  BabblingEngine() : server_(Path(), [this](ScriptedExchange& exchange) { Babble(exchange); }) {}

  ContainerEngine& engine() { return *engine_; }
  void WillSay(std::string bytes) {
    MutexLock lock(mu_);
    bytes_ = std::move(bytes);
  }

 private:
  static std::string Path() { return absl::StrCat("/tmp/probefarm-fuzz-", getpid(), ".sock"); }

  static DockerEngineOptions ShortPatience() {
    DockerEngineOptions options;
    options.call_timeout = options.transfer_timeout = options.transfer_idle_timeout =
        options.follow_timeout = absl::Seconds(2);
    return options;
  }

  void Babble(ScriptedExchange& exchange) {
    std::string bytes;
    {
      MutexLock lock(mu_);
      bytes = bytes_;
    }
    exchange.SendRaw(bytes);
    exchange.HangUp();
  }

  Mutex mu_;
  std::string bytes_ GUARDED_BY(mu_);
  ScriptedHttpServer server_;
  std::unique_ptr<ContainerEngine> engine_ =
      MakeDockerEngine(absl::StrCat("unix://", Path()), ShortPatience()).value();
};

size_t BytesOf(ContainerEngine& engine) {
  size_t got = 0;
  auto const count = [&got](absl::string_view piece) {
    got += piece.size();
    return absl::OkStatus();
  };
  engine.FollowLogs("c", count, [] { return false; }).IgnoreError();
  size_t const of_log = got;
  engine.GetArchive("c", "/x", count).IgnoreError();
  return std::max(of_log, got - of_log);
}

}  // namespace
}  // namespace probefarm

extern "C" int LLVMFuzzerTestOneInput(uint8_t const* data, size_t size) {
  static auto* const babbling = new probefarm::BabblingEngine;  // as long as the process
  babbling->WillSay({reinterpret_cast<char const*>(data), size});
  probefarm::ContainerEngine& engine = babbling->engine();
  engine.Version().status().IgnoreError();
  engine.ListContainers("").status().IgnoreError();
  engine.WaitContainer("c", absl::Seconds(2), [] { return false; }).status().IgnoreError();
  if (probefarm::BytesOf(engine) > size) std::abort();
  return 0;
}
