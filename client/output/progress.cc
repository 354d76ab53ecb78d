#include "client/output/progress.h"

#include <unistd.h>

#include <cstdlib>

#include "absl/strings/string_view.h"

namespace probefarm {
namespace {

constexpr char kBackAndErase[] = "\r\x1b[K";

}  // namespace

ProgressLine::~ProgressLine() {
  if (smart_ && !shown_.empty()) out_ << '\n';
}

void ProgressLine::Show(std::string const& text) {
  if (text == shown_) return;
  shown_ = text;
  if (smart_) {
    out_ << kBackAndErase << text << std::flush;
  } else {
    out_ << text << '\n' << std::flush;
  }
}

bool StderrIsSmart() {
  if (isatty(STDERR_FILENO) == 0) return false;
  char const* const term = std::getenv("TERM");  // NOLINT(concurrency-mt-unsafe): one thread
  return term != nullptr && absl::string_view(term) != "dumb";
}

}  // namespace probefarm
