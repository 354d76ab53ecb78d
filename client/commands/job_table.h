#pragma once

#include <ostream>
#include <vector>

#include "probefarm/v1/types.pb.h"

namespace probefarm {

// Jobs as a table: one line each, in the order given, the reason last, since it is the longest. The
// phase, where one is known, stands behind the state: "leased (building)".
void PrintJobTable(std::vector<v1::Job> const& jobs, std::ostream& out);

}  // namespace probefarm
