#pragma once

#include <string>
#include <vector>

#include "coordinator/recipe/compiler_table.h"
#include "lib/build/build_spec.h"
#include "lib/config/yaml_reader.h"

namespace probefarm {

// A builder image, as scripts/builder-image makes it.
//
//   - {name: bookworm, archive: /var/lib/probefarm/builders/bookworm.tar}
//
// Where several have the gcc that a kernel wants, the first in the file is taken.
struct BuilderConfig {
  std::string name;  // "bookworm"; no two builders have the same
  // It is read when the coordinator starts.
  std::string archive;  // path of the image's archive
  friend bool operator==(BuilderConfig const&, BuilderConfig const&) = default;
};

// The list `builders`, which is required and not empty.
std::vector<BuilderConfig> ReadBuilders(YamlMapping& top);
// The list `compilers`, sorted by kernel; DefaultCompilers() when there is none. Each has `from`, a
// series such as "6.5", and `gcc`, a major version. A list that is there replaces the default
// whole.
//
//   compilers:
//   - {from: "5.15", gcc: 12}
//   - {from: "6.5", gcc: 13}
std::vector<CompilerRule> ReadCompilers(YamlMapping& top);
// The mapping `build_limits`. Optional; keys `memory`, `cpus`, `processes`, `timeout` (whole
// seconds), `output` and `log`. Upper bounds are lib/build's, so that a worker takes every spec
// that comes of it.
BuildLimits ReadBuildLimits(YamlMapping& top);

}  // namespace probefarm
