#pragma once

#include <optional>
#include <string>

#include "coordinator/releases/github/github_types.h"

namespace probefarm {

// GitHub refuses a rename onto a name that is taken, so a side file X is replaced in steps, and at
// every moment X or X.next is there whole:
//
//   upload X.next ─► delete X ─► rename X.next to X
//
// A crash in between leaves one of the states below, and the same function goes on from there.
enum class SwapStep {
  kUploadFirst,  // neither is there: upload X at once
  kUploadNext,   // X is another: upload X.next
  kDeleteNext,   // X.next is not what is wanted, or is not whole
  kDeleteOld,    // X.next is what is wanted: X goes
  kRenameNext,   // X.next is what is wanted and X is gone
  kDone,         // X is what is wanted
};

// The next step towards X with the wanted digest. `current` and `next` are what stands under X and
// X.next, if anything. An asset whose digest GitHub does not know is not what is wanted. Pure.
//
//   X.next is never deleted while X is missing, unless it is broken: it is the only copy.
SwapStep NextSwapStep(std::optional<GitHubAsset> const& current,
                      std::optional<GitHubAsset> const& next, std::string const& wanted_sha256);

}  // namespace probefarm
