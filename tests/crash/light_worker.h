#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lib/http/http_client.h"
#include "probefarm/v1/worker.grpc.pb.h"

namespace probefarm {

// The bytes that any light worker "builds" for a job of that number: the same each time, as builds
// are. `size` of them.
std::string LightBytes(int64_t job, size_t size);

struct LightWorkerOptions {
  std::string id;
  unsigned seed = 1;
  size_t file_bytes = 20'000;
  // Of every this many steps of an upload, the worker dies at one; 0: never. Asked at each step.
  std::atomic<int> const* dies_once_in = nullptr;
  absl::Duration step_pause = absl::ZeroDuration();  // before each step, for a load that lasts
};

// A worker that builds nothing: it takes a lease, reports the digest of made-up bytes, sends them
// as the grant says and reports the answer, as the shipped worker does. Now and then it dies, at
// any step, by forgetting everything: the next thing that the coordinator hears is a new session
// that holds nothing. Sometimes an upload of the dead goes on, and arrives late. Belongs to one
// thread.
class LightWorker {
 public:
  // Both must outlive it. It ends soon after `stopping` is set.
  LightWorker(v1::WorkerService::Stub& stub, std::atomic<bool> const& stopping,
              LightWorkerOptions options);

  // Until `stopping`.
  void Run();

  int64_t deaths() const { return deaths_; }
  int64_t uploads() const { return uploads_; }

  // Its steps, for a test that walks them itself. Errors are the coordinator's.
  enum class Cut { kNone, kMiddle, kBeforeAnswer };  // where an upload breaks off
  struct Work {
    v1::LeaseName lease;
    std::string bytes;
  };
  // Gives back whatever an earlier session held.
  bool OpenSession();
  std::vector<Work> Acquire();
  // The next grant for the file, however long that is waited for; none when the work is over, or
  // lost.
  std::optional<v1::UploadGrant> Report(Work const& work);
  // Sends the file. What came back, to be reported.
  v1::ReportUploadRequest Perform(Work const& work, v1::UploadGrant const& grant, Cut cut);
  absl::StatusOr<v1::ReportUploadResponse> ReportUpload(Work const& work,
                                                        v1::ReportUploadRequest report);

 private:
  void WriteLog(Work const& work);
  void AcquireAndWork();
  void Publish(Work const& work);
  // Performs the grant and reports it. True when there is more to do.
  bool Upload(Work const& work, v1::UploadGrant grant);
  // Keeps the lease until then. False when it is lost, or the test ends.
  bool Wait(Work const& work, absl::Time until);
  // Draws whether it dies here; after it did, it knows nothing.
  bool Dies();
  // An upload of the last life.
  void SendLate();

  template <class Request, class Response>
  absl::StatusOr<Response> Persist(grpc::Status (v1::WorkerService::Stub::*method)(
                                       grpc::ClientContext*, Request const&, Response*),
                                   Request const& request);

  v1::WorkerService::Stub& stub_;
  std::atomic<bool> const& stopping_;
  LightWorkerOptions const options_;
  std::unique_ptr<HttpClient> const http_ = MakeHttpClient("probefarm-light-worker");
  std::mt19937 random_;
  std::string session_;
  int64_t requests_ = 0;
  int64_t deaths_ = 0;
  int64_t uploads_ = 0;
  std::optional<std::pair<Work, v1::UploadGrant>> late_;
};

}  // namespace probefarm
