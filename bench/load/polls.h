#pragma once

#include <string>

#include "absl/time/time.h"

namespace probefarm {

// So many workers wait in long polls of half a minute, again and again, for `time`. Prints
// "waiting" to standard output once all of them do.
void HoldPolls(std::string const& address, int workers, absl::Duration time);

}  // namespace probefarm
