#pragma once

#include <ostream>
#include <vector>

#include "probefarm/v1/types.pb.h"

namespace probefarm {

// Jobs as a table: one line each, the reason last.
void PrintJobTable(std::vector<v1::Job> const& jobs, std::ostream& out);

}  // namespace probefarm
