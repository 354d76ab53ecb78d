#pragma once

#include <string>

#include "coordinator/scheduling/job.h"

namespace probefarm {

// Labels as the database has them: a line each, in order; equal labels give equal text.
std::string LabelText(Labels const& labels);
Labels ReadLabels(std::string const& text);

}  // namespace probefarm
