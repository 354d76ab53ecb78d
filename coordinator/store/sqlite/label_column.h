#pragma once

#include <string>

#include "coordinator/scheduling/job.h"

namespace probefarm {

// Labels, and ids of builder images, as the database has them: a line each, in order; equal ones
// give equal text.
std::string LabelText(Labels const& labels);
Labels ReadLabels(std::string const& text);

}  // namespace probefarm
