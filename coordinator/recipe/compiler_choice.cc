#include "coordinator/recipe/compiler_choice.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

bool Has(BuilderImage const& builder, int gcc) {
  return std::find(builder.gcc.begin(), builder.gcc.end(), gcc) != builder.gcc.end();
}

}  // namespace

absl::StatusOr<CompilerChoice> ChooseCompiler(std::vector<CompilerRule> const& table,
                                              absl::string_view kernel_release, Arch arch,
                                              absl::Span<BuilderImage const> builders) {
  std::vector<BuilderImage const*> fitting;
  std::vector<int> available;
  for (BuilderImage const& builder : builders) {
    if (builder.arch != arch) continue;
    fitting.push_back(&builder);
    available.insert(available.end(), builder.gcc.begin(), builder.gcc.end());
  }
  if (fitting.empty())
    return absl::FailedPreconditionError(
        absl::StrCat("no builder image is for ", ArchName(arch), ", as kernel ", kernel_release));
  ASSIGN_OR_RETURN(int const gcc, ChooseGcc(table, kernel_release, available));
  auto const first = std::find_if(fitting.begin(), fitting.end(),
                                  [&](BuilderImage const* builder) { return Has(*builder, gcc); });
  return CompilerChoice{*first, gcc};
}

}  // namespace probefarm
