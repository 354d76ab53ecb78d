#include "worker/worker.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/files/durable_file.h"
#include "lib/http/host_limit.h"
#include "lib/http/http_client.h"
#include "lib/rpc/channel.h"
#include "lib/runtime/log.h"
#include "lib/runtime/patient_executor.h"
#include "lib/runtime/periodic_task.h"
#include "lib/runtime/status_macros.h"
#include "lib/tls/tls_watch.h"
#include "worker/build/leftovers.h"
#include "worker/engine/docker_engine.h"
#include "worker/lease/build_slot.h"
#include "worker/lease/grpc_coordinator.h"
#include "worker/machine_check.h"
#include "worker/worker_id.h"

namespace probefarm {
namespace {

constexpr int kUploads = 4;
constexpr int kDownloadsPerHost = 4;
constexpr absl::Duration kOpenAgain = absl::Seconds(2);
constexpr absl::Duration kFenceEvery = absl::Milliseconds(500);
constexpr int64_t kNotDraining = -1;

absl::StatusOr<Arch> MachineArch() {
  utsname name{};
  uname(&name);
  return ParseArch(name.machine);
}

int64_t MachineMemory() { return int64_t{sysconf(_SC_PHYS_PAGES)} * sysconf(_SC_PAGESIZE); }

}  // namespace

// In the order of dependence: what is declared later uses what is declared earlier.
struct Worker::Parts {
  WorkerOptions options;
  WorkerDescription description;
  SystemClock clock;
  StopSignal stop;
  std::atomic<bool> taken_over = false;
  std::unique_ptr<TlsWatch> tls;  // null in plain text
  std::unique_ptr<HttpClient> http;
  std::unique_ptr<HttpClient> polite_http;  // for inputs, which come from mirrors
  std::unique_ptr<ContainerEngine> engine;
  std::unique_ptr<InputCache> inputs;
  std::unique_ptr<BuilderImages> images;
  std::unique_ptr<HeaderVolumes> headers;
  std::unique_ptr<BuildPermits> permits;
  std::unique_ptr<MachineCheck> machine;
  std::unique_ptr<GrpcCoordinator> coordinator;
  LeaseTable leases;
  std::unique_ptr<SessionKeeper> session;
  std::unique_ptr<Publishing> publishing;
  std::unique_ptr<PatientExecutor> uploads;
  std::unique_ptr<LeaseRun> lease_run;
  std::atomic<bool> untidy = false;                    // the engine may hold what a build left
  std::atomic<int64_t> draining_since = kNotDraining;  // nanoseconds since boot

  std::string SpoolDir() const { return options.cache_dir + "/spool/" + description.id; }

  absl::Status OpenTls();
  void ReloadTls() const;
  HttpTrust Trust() const;
  std::shared_ptr<grpc::Channel> Channel() const;
  absl::Status Describe();
  absl::Status OpenCaches();
  void CheckMachine();
  void ConnectCoordinator();
  void Drain(absl::string_view why);
  void EndOverdueDrain();
  void StopNow();
  BuildOutcome Build(BuildSpec const& spec, BuildRunContext context);
  bool AwaitFit();
  bool OpenSession();
  void RunSlots();
};

absl::Status Worker::Parts::OpenTls() {
  RETURN_IF_ERROR(CheckClientTransport(options.coordinator, options.transport));
  if (!options.transport.tls.ca.empty()) {
    ASSIGN_OR_RETURN(tls, TlsWatch::Open(options.transport.tls, clock));
  }
  return absl::OkStatus();
}

void Worker::Parts::ReloadTls() const {
  if (tls && tls->RunOnce()) coordinator->UseChannel(Channel());
}

HttpTrust Worker::Parts::Trust() const {
  if (!tls) return {};
  return {HostOf(options.coordinator), [this] { return tls->current()->pem.ca; }};
}

std::shared_ptr<grpc::Channel> Worker::Parts::Channel() const {
  if (!tls) return MakeChannel(options.coordinator);
  return MakeTlsChannel(options.coordinator, *tls->current());
}

absl::Status Worker::Parts::Describe() {
  ASSIGN_OR_RETURN(engine, MakeDockerEngine(options.engine));
  ASSIGN_OR_RETURN(EngineVersion const version, engine->Version());
  ASSIGN_OR_RETURN(description.arch, MachineArch());
  description.engine = absl::StrCat(version.name, " ", version.version);
  description.labels = options.labels;
  description.builders = options.builders;
  description.slots = options.slots;
  description.memory_bytes_per_slot = options.memory_bytes_per_slot > 0
                                          ? options.memory_bytes_per_slot
                                          : MachineMemory() / options.slots;
  description.id = options.id;
  if (description.id.empty()) {
    ASSIGN_OR_RETURN(description.id, KeptWorkerId(options.cache_dir));
  }
  return absl::OkStatus();
}

absl::Status Worker::Parts::OpenCaches() {
  http = MakeHttpClient(absl::StrCat("probefarm-worker/", options.version), Trust());
  InputCache::Options cache;
  cache.folder = options.cache_dir + "/inputs";
  cache.max_bytes = options.cache_bytes;
  polite_http = std::make_unique<HostLimitedClient>(http.get(), kDownloadsPerHost);
  ASSIGN_OR_RETURN(inputs, InputCache::Open(std::move(cache), polite_http.get(), &clock));
  images = std::make_unique<BuilderImages>(engine.get(), inputs.get());
  HeaderVolumes::Options volumes;
  volumes.worker_id = description.id;
  volumes.ledger_folder = options.cache_dir + "/headers";
  volumes.max_bytes = options.headers_bytes;
  headers = std::make_unique<HeaderVolumes>(engine.get(), &clock, std::move(volumes));
  permits = std::make_unique<BuildPermits>(options.slots);
  CheckMachine();
  return RemoveLeftovers(*engine, description.id, SpoolDir());
}

void Worker::Parts::CheckMachine() {
  MachineCheck::Options check;
  check.folders = {options.cache_dir};
  check.min_free_bytes = options.min_free_bytes;
  if (absl::StatusOr<EngineHost> host = engine->Host(); host.ok()) {
    if (!host->limits_memory)
      Log(LogLevel::kWarning, "the engine holds no build to its memory limit",
          {{"engine", description.engine}});
    check.folders.push_back(std::move(host->data_folder));
  } else {
    Log(LogLevel::kWarning, "the engine's disk is not watched",
        {{"error", host.status().ToString()}});
  }
  machine = std::make_unique<MachineCheck>(*engine, stop, &FreeBytes, std::move(check));
}

void Worker::Parts::ConnectCoordinator() {
  auto const wait = [this](absl::Duration duration) { stop.WaitFor(duration); };
  coordinator = std::make_unique<GrpcCoordinator>(Channel());
  auto const on_void = [this] {
    taken_over = true;
    stop.Advance(StopSignal::Stage::kStopping);
    coordinator->InterruptAcquire();
  };
  session = std::make_unique<SessionKeeper>(
      *coordinator, leases, clock, description, on_void,
      [this] { Drain("the coordinator wants it"); }, [this] { return machine->LeastFree(); });
  publishing = std::make_unique<Publishing>(
      *coordinator, leases, *http, clock, [this] { return session->token(); }, wait);
  uploads = std::make_unique<PatientExecutor>(kUploads, clock);
  lease_run = std::make_unique<LeaseRun>(*coordinator, leases, *session, *publishing, *uploads,
                                         stop, clock, description.id,
                                         [this](BuildSpec const& spec, BuildRunContext context) {
                                           return Build(spec, std::move(context));
                                         });
}

BuildOutcome Worker::Parts::Build(BuildSpec const& spec, BuildRunContext context) {
  context.engine = engine.get();
  context.inputs = inputs.get();
  context.images = images.get();
  context.headers = headers.get();
  context.permits = permits.get();
  context.clock = &clock;
  context.builders = options.builders;
  context.spool_dir = SpoolDir();
  context.room = [this] { return machine->CheckRoom(); };
  BuildOutcome outcome = RunBuild(spec, context);
  auto const* failure = std::get_if<BuildFailure>(&outcome);
  if (failure != nullptr && failure->failure_class == BuildFailure::Class::kMachine) untidy = true;
  return outcome;
}

// An engine that was away has not removed what builds meanwhile gave up.
bool Worker::Parts::AwaitFit() {
  if (!machine->AwaitFit()) return false;
  if (!untidy.exchange(false)) return true;
  absl::Status const removed =
      RemoveStrays(*engine, description.id, [this](BuildLease const& lease) {
        return !leases.IsOver({lease.job, lease.epoch});
      });
  if (!removed.ok()) {
    untidy = true;
    Log(LogLevel::kWarning, "builds left something behind", {{"error", removed.ToString()}});
  }
  return true;
}

bool Worker::Parts::OpenSession() {
  while (stop.stage() == StopSignal::Stage::kRunning) {
    absl::Status const opened = session->Open();
    if (opened.ok()) return true;
    Log(LogLevel::kWarning, "no session yet",
        {{"coordinator", options.coordinator}, {"error", opened.ToString()}});
    stop.WaitFor(kOpenAgain);
  }
  return false;
}

void Worker::Parts::RunSlots() {
  PeriodicTask const heartbeat([this] { return session->HeartbeatInterval(); },
                               [this] { session->Heartbeat(); });
  PeriodicTask const fence(kFenceEvery, [this] {
    session->Fence();
    EndOverdueDrain();
  });
  std::vector<std::thread> threads;
  // One more than there are permits: see BuildSlot.
  for (int number = 0; number <= options.slots; ++number) {
    threads.emplace_back([this, number] {
      BuildSlot(
          *coordinator, *session, *lease_run, *permits, stop, [this] { return AwaitFit(); }, number)
          .Loop();
    });
  }
  for (std::thread& thread : threads) thread.join();
  // Uploads go on after the slots have ended, and need the heartbeat for it.
  leases.WaitUntilEmpty();
}

// By a clock that counts suspension.
void Worker::Parts::EndOverdueDrain() {
  int64_t const since = draining_since;
  if (since == kNotDraining || stop.stage() != StopSignal::Stage::kDraining) return;
  if (clock.SinceBoot() - absl::Nanoseconds(since) < options.drain_timeout) return;
  Log(LogLevel::kWarning, "the drain took too long",
      {{"timeout", absl::FormatDuration(options.drain_timeout)}});
  StopNow();
}

void Worker::Parts::StopNow() {
  Log(LogLevel::kWarning, "stopping at once", {{"held", leases.Held().size()}});
  stop.Advance(StopSignal::Stage::kStopping);
  coordinator->InterruptAcquire();
  leases.EndAll();
}

absl::StatusOr<std::unique_ptr<Worker>> Worker::Make(WorkerOptions const& options) {
  auto parts = std::make_unique<Parts>();
  parts->options = options;
  RETURN_IF_ERROR(parts->OpenTls());
  RETURN_IF_ERROR(parts->Describe());
  RETURN_IF_ERROR(parts->OpenCaches());
  parts->ConnectCoordinator();
  return std::unique_ptr<Worker>(new Worker(std::move(parts)));
}

Worker::Worker(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Worker::~Worker() = default;

absl::Status Worker::Run() {
  Log(LogLevel::kInfo, "worker starts",
      {{"worker", parts_->description.id},
       {"slots", parts_->options.slots},
       {"engine", parts_->description.engine}});
  PeriodicTask const reload(TlsWatch::kInterval, [this] { parts_->ReloadTls(); });
  if (parts_->OpenSession()) parts_->RunSlots();
  if (parts_->taken_over) {
    return absl::FailedPreconditionError(
        absl::StrCat("another worker uses the id ", parts_->description.id,
                     ": give each worker its own --cache-dir or --id"));
  }
  Log(LogLevel::kInfo, "worker ends", {{"worker", parts_->description.id}});
  return absl::OkStatus();
}

// Once: a drain that is under way keeps its deadline.
void Worker::Parts::Drain(absl::string_view why) {
  if (stop.stage() != StopSignal::Stage::kRunning) return;
  Log(LogLevel::kInfo, "draining: no new leases", {{"why", why}, {"held", leases.Held().size()}});
  draining_since = absl::ToInt64Nanoseconds(clock.SinceBoot());
  stop.Advance(StopSignal::Stage::kDraining);
  session->SetDraining();
  coordinator->InterruptAcquire();
}

void Worker::Drain() { parts_->Drain("it was told to end"); }

void Worker::Stop() { parts_->StopNow(); }

}  // namespace probefarm
