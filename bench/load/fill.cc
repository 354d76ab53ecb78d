#include "bench/load/fill.h"

#include <atomic>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "bench/load/load_spec.h"
#include "bench/load/peer.h"
#include "lib/rpc/wire.h"

namespace probefarm {
namespace {

constexpr int64_t kBatch = 500;

void EnqueueBatch(Peer& peer, size_t caller, int64_t first, int64_t count) {
  v1::EnqueueRequest request;
  for (int64_t i = 0; i < count; ++i) request.add_entries()->set_spec(LoadSpec(first + i));
  v1::EnqueueResponse response;
  grpc::ClientContext context;
  Check(peer.jobs(caller).Enqueue(&context, request, &response), "Enqueue");
  for (v1::EnqueueAnswer const& answer : response.answers()) {
    if (answer.job() == 0) throw std::runtime_error(answer.refused().text());
  }
}

}  // namespace

void FillQueue(std::string const& address, int64_t jobs) {
  Peer peer(address);
  std::atomic<int64_t> next = 0;
  int64_t const base = absl::ToUnixMicros(absl::Now());
  std::vector<std::thread> threads;
  for (size_t caller = 0; caller < 4; ++caller) {
    threads.emplace_back([&, caller] {
      for (int64_t at = next.fetch_add(kBatch); at < jobs; at = next.fetch_add(kBatch))
        EnqueueBatch(peer, caller, base + at, std::min(kBatch, jobs - at));
    });
  }
  for (std::thread& thread : threads) thread.join();
}

Latencies MeasureAcquire(std::string const& address, int count) {
  Peer peer(address, 1);
  std::string const session = peer.OpenSession("acquire");
  Latencies times;
  for (int i = 0; i < count; ++i) {
    v1::AcquireRequest acquire;
    acquire.set_session(session);
    acquire.set_request_id(absl::StrCat(i));
    acquire.set_free_slots(1);
    v1::AcquireResponse acquired;
    grpc::ClientContext acquire_context;
    absl::Time const begin = absl::Now();
    Check(peer.workers(0).Acquire(&acquire_context, acquire, &acquired), "Acquire");
    times.Add(absl::Now() - begin);
    if (acquired.leases_size() != 1) throw std::runtime_error("the queue is empty");
    peer.Report(session, acquired.leases(0).name());
  }
  return times;
}

}  // namespace probefarm
