#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/config/yaml_reader.h"

namespace probefarm {

// The list at `key` of values that have names: kinds, archs. Empty lists and values that stand
// twice are errors. `default_values` where there is no such key; `parse` reads one name, and its
// error is noted at the key.
//
//   driver.kinds = ReadNamedValues(mapping, "kinds", driver.kinds, ParseKind);
template <class T>
std::vector<T> ReadNamedValues(YamlMapping& mapping, absl::string_view key,
                               std::vector<T> default_values,
                               absl::StatusOr<T> (*parse)(absl::string_view)) {
  if (!mapping.Has(key)) return default_values;
  std::vector<T> values;
  for (std::string const& name : mapping.Strings(key)) {
    absl::StatusOr<T> const value = parse(name);
    mapping.Check(key, value.status());
    if (!value.ok()) continue;
    if (std::find(values.begin(), values.end(), *value) != values.end())
      mapping.Error(key, absl::StrCat("holds '", name, "' twice"));
    values.push_back(*value);
  }
  if (values.empty()) mapping.Error(key, "is empty");
  return values;
}

}  // namespace probefarm
