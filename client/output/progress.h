#pragma once

#include <ostream>
#include <string>

namespace probefarm {

// One line that says how far something is. On a terminal it is rewritten in place; elsewhere each
// new text is a line of its own, so that a log shows the changes and nothing else. Meant for
// standard error: standard output is for results. Not thread-safe.
class ProgressLine {
 public:
  // `smart`: `out` is a terminal that can be rewritten (StderrIsSmart()). `out` outlives this.
  ProgressLine(std::ostream& out, bool smart) : out_(out), smart_(smart) {}
  // Leaves the last text standing.
  ~ProgressLine();

  // One line without its end. The same text again shows nothing.
  void Show(std::string const& text);

 private:
  std::ostream& out_;
  bool const smart_;
  std::string shown_;
};

// Is standard error a terminal that rewrites lines? (One without TERM, or with TERM=dumb, is not.)
bool StderrIsSmart();

}  // namespace probefarm
