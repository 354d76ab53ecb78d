#include "coordinator/releases/github/side_file_swap.h"

namespace probefarm {
namespace {

bool Is(std::optional<GitHubAsset> const& asset, std::string const& sha256) {
  return asset && asset->uploaded() && asset->sha256 == sha256;
}

bool IsWhole(std::optional<GitHubAsset> const& asset) { return asset && asset->uploaded(); }

}  // namespace

SwapStep NextSwapStep(std::optional<GitHubAsset> const& current,
                      std::optional<GitHubAsset> const& next, std::string const& wanted_sha256) {
  if (Is(current, wanted_sha256)) return next ? SwapStep::kDeleteNext : SwapStep::kDone;
  if (Is(next, wanted_sha256)) return current ? SwapStep::kDeleteOld : SwapStep::kRenameNext;
  // An older version that a crash left as the only one becomes X before it is replaced.
  if (IsWhole(next) && !IsWhole(current))
    return current ? SwapStep::kDeleteOld : SwapStep::kRenameNext;
  if (next) return SwapStep::kDeleteNext;
  if (!current) return SwapStep::kUploadFirst;
  // What is not whole has nothing to keep.
  return IsWhole(current) ? SwapStep::kUploadNext : SwapStep::kDeleteOld;
}

}  // namespace probefarm
