#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "coordinator/releases/release_host.h"
#include "coordinator/store/records.h"

namespace probefarm {

// An asset that is not what the catalog recorded when it was published.
struct TamperedAsset {
  PublishedAsset recorded;
  HostedAsset held;
};

// Where the catalog and the release host differ. Each recorded asset is in at most one list; one
// that is as recorded, or missing and not held, is in none.
//
//   recorded as   held            list
//   present       as recorded     none
//   present       not             lost
//   missing       as recorded     found_again
//   missing       not             none
//   either        otherwise       tampered
//   not there     anything        unrecorded
struct ReconcileDiff {
  std::vector<PublishedAsset> lost;         // recorded as present, not held
  std::vector<PublishedAsset> found_again;  // recorded as missing, held as recorded
  std::vector<TamperedAsset> tampered;      // held with another size or digest, missing or not
  std::vector<HostedAsset> unrecorded;      // held where the catalog has nothing
};

// Compares by repository, tag and asset name. A digest that the host does not know differs from
// none; the size decides then. Pure. Lists keep the order of `recorded`.
ReconcileDiff DiffAssets(std::vector<PublishedAsset> const& recorded,
                         std::vector<HostedAsset> const& held);

}  // namespace probefarm
