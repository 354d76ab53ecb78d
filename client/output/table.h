#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace probefarm {

// Text in columns as wide as their widest cell, two spaces apart, no space at the end of a line.
// Widths are counted in bytes: cells beyond ASCII shift what follows. Control characters in a cell
// are shown as `?`, so that what came from outside cannot move the cursor. Not thread-safe.
//
//   JOB  STATE              DRIVER
//   17   leased (building)  8.0.0+driver
class Table {
 public:
  explicit Table(std::vector<std::string> header);

  // As many cells as the header has; missing ones are empty.
  void AddRow(std::vector<std::string> cells);
  // The header first, also without a row.
  void Print(std::ostream& out) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace probefarm
