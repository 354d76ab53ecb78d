#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace probefarm {

// Text in columns as wide as their widest cell, two spaces apart. Control characters in a cell are
// shown as `?`, so that what came from outside cannot move the cursor.
class Table {
 public:
  explicit Table(std::vector<std::string> header);

  // As many cells as the header has.
  void AddRow(std::vector<std::string> cells);
  void Print(std::ostream& out) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace probefarm
