#pragma once

#include "absl/time/time.h"

namespace probefarm {

// Jobs a second that were put, reserved and deleted at a beanstalkd on 127.0.0.1, over so many
// connections, each with one command at a time. Bodies are as long as a LoadSpec(). Throws
// std::runtime_error when an answer is not the one expected.
double MeasureBeanstalk(int port, int connections, absl::Duration time);

}  // namespace probefarm
