#include "coordinator/api/enqueue_call.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "lib/rpc/status.h"
#include "lib/rpc/wire.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr int kMaxEntries = 1000;
constexpr size_t kMaxKey = 200;

absl::Status CheckKey(std::string const& key) {
  if (key.size() <= kMaxKey) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("the idempotency key has ", key.size(), " bytes, it may have ", kMaxKey));
}

absl::Status CheckBatch(v1::EnqueueRequest const& request) {
  if (request.entries_size() > kMaxEntries) {
    return absl::ResourceExhaustedError(absl::StrCat("a batch of ", request.entries_size(),
                                                     " entries: send ", kMaxEntries, " at a time"));
  }
  return CheckKey(request.idempotency_key());
}

absl::StatusOr<Lane> LaneOf(v1::EnqueueRequest const& request) {
  switch (request.lane()) {
    case v1::LANE_UNSPECIFIED:
    case v1::LANE_NEW_KERNELS:
      return Lane::kNewKernels;
    case v1::LANE_BACKFILL:
      return Lane::kBackfill;
    default:
      return absl::InvalidArgumentError(
          absl::StrCat("lane ", static_cast<int>(request.lane()), " is not known"));
  }
}

// An entry that is neither is no probe, which is an answer of its own.
absl::StatusOr<EnqueueWish> WishOf(v1::EnqueueEntry const& entry) {
  if (entry.has_spec()) return ClientSpec{entry.spec()};
  if (!entry.has_probe()) return absl::InvalidArgumentError("an entry is a probe or a spec");
  ASSIGN_OR_RETURN(ProbeId probe, FromWire(entry.probe()));
  return probe;
}

// One refusal for each entry that cannot even be asked for.
struct Wishes {
  std::vector<EnqueueWish> wishes;
  std::vector<absl::Status> of_entries;  // OK: the next of `wishes`
};

Wishes WishesOf(v1::EnqueueRequest const& request) {
  Wishes all;
  for (v1::EnqueueEntry const& entry : request.entries()) {
    absl::StatusOr<EnqueueWish> wish = WishOf(entry);
    all.of_entries.push_back(wish.status());
    if (wish.ok()) all.wishes.push_back(*std::move(wish));
  }
  return all;
}

std::vector<absl::StatusOr<NewJob>> Plan(Enqueuer& enqueuer, Wishes const& all, Lane lane) {
  std::vector<absl::StatusOr<NewJob>> planned = enqueuer.Plan(all.wishes, lane);
  std::vector<absl::StatusOr<NewJob>> jobs;
  jobs.reserve(all.of_entries.size());
  auto next = planned.begin();
  for (absl::Status const& status : all.of_entries)
    jobs.push_back(status.ok() ? std::move(*next++) : absl::StatusOr<NewJob>(status));
  return jobs;
}

absl::Status Fill(std::vector<absl::StatusOr<EnqueuedJob>> const& answers, size_t asked,
                  v1::EnqueueResponse& response) {
  if (answers.size() != asked) {
    return absl::InvalidArgumentError(absl::StrCat("the idempotency key was used for a batch of ",
                                                   answers.size(), " entries: take another"));
  }
  for (absl::StatusOr<EnqueuedJob> const& answer : answers) {
    v1::EnqueueAnswer* const wire = response.add_answers();
    if (answer.ok()) {
      wire->set_job(answer->id);
      wire->set_joined(answer->joined);
      continue;
    }
    wire->mutable_refused()->set_code(
        absl::AsciiStrToLower(absl::StatusCodeToString(answer.status().code())));
    wire->mutable_refused()->set_text(std::string(answer.status().message()));
  }
  return absl::OkStatus();
}

}  // namespace

void EnqueueCall::Start(grpc::ServerUnaryReactor* reactor, v1::EnqueueRequest const& request,
                        v1::EnqueueResponse* response) const {
  absl::Status const checked = CheckBatch(request);
  absl::StatusOr<Lane> const lane = LaneOf(request);
  if (!checked.ok() || !lane.ok()) {
    reactor->Finish(ToGrpc(checked.ok() ? lane.status() : checked));
    return;
  }
  Wishes wishes = WishesOf(request);
  bool const blocks = Enqueuer::Blocks(wishes.wishes);
  auto enqueue = [this_call = *this, reactor, response, lane = *lane, wishes = std::move(wishes),
                  key = request.idempotency_key()] {
    size_t const asked = wishes.of_entries.size();
    this_call.store.Enqueue(
        {Plan(this_call.enqueuer, wishes, lane), key, std::nullopt},
        [reactor, response, asked](absl::StatusOr<std::vector<absl::StatusOr<EnqueuedJob>>> done) {
          reactor->Finish(ToGrpc(done.ok() ? Fill(*done, asked, *response) : done.status()));
        });
  };
  if (blocks) {
    executor.Run(std::move(enqueue));
  } else {
    enqueue();
  }
}

}  // namespace probefarm
