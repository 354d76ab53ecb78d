#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "coordinator/scheduling/job.h"
#include "coordinator/store/records.h"

namespace probefarm {

// What a withdrawal keeps from coming back, for every store, as pure functions of the rows it has
// read. What was withdrawn is known by its bytes and by its inputs: neither is published again
// under that name, and other bytes of other inputs may be.

// FAILED_PRECONDITION, with when and why, when the inputs are those of one of `withdrawn`. One
// whose inputs nobody knows keeps none back.
absl::Status CheckInputsNotWithdrawn(std::vector<WithdrawnBuild> const& withdrawn,
                                     std::string const& fingerprint);

// Whether `asset` may become what `job` published. `withdrawn` is of the probe and of the name.
// ALREADY_EXISTS, with when and why, when its bytes or the job's inputs are withdrawn ones.
absl::Status CheckPublishAfterWithdrawal(Job const& job, PublishedAsset const& asset,
                                         std::vector<WithdrawnBuild> const& withdrawn);

// Whether `asset`, which the release host holds, may be adopted. ALREADY_EXISTS for withdrawn
// bytes; for other bytes where something was withdrawn, unless the release's own index tells of
// them: who put them there is not known, and a name that was withdrawn is not believed by itself.
absl::Status CheckAdoptAfterWithdrawal(PublishedAsset const& asset,
                                       std::vector<WithdrawnBuild> const& withdrawn);

// Whether the withdrawal ends the job: it is of the same inputs, and can still be stopped.
bool EndsWith(Withdrawal const& withdrawal, Job const& job);

// What the store keeps of an order for `asset`; `fingerprint` is that of its inputs.
Withdrawal MakeWithdrawal(PublishedAsset asset, WithdrawalOrder const& order,
                          std::string fingerprint, absl::Time now);

WithdrawnBuild BuildOf(Withdrawal const& withdrawal);
// With the code "withdrawn".
Reason ReasonOf(WithdrawnBuild const& withdrawn);

// NOT_FOUND: the catalog does not hold what the order names.
absl::Status NothingToWithdraw(WithdrawalOrder const& order);
absl::Status NoSuchWithdrawal(std::string const& tag, std::string const& asset_name,
                              std::string const& sha256);

}  // namespace probefarm
