#include "coordinator/store/sqlite/label_column.h"

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace probefarm {

std::string LabelText(Labels const& labels) { return absl::StrJoin(labels, "\n"); }

Labels ReadLabels(std::string const& text) { return absl::StrSplit(text, '\n', absl::SkipEmpty()); }

}  // namespace probefarm
