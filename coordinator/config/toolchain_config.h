#pragma once

#include <compare>
#include <string>
#include <vector>

#include "lib/build/build_spec.h"
#include "lib/config/yaml_reader.h"

namespace probefarm {

// A builder image, as scripts/builder-image makes it.
struct BuilderConfig {
  std::string name;     // "bookworm"; no two builders have the same
  std::string archive;  // path of the image's archive
  friend bool operator==(BuilderConfig const&, BuilderConfig const&) = default;
};

// "6.1" of 6.1.0-47-cloud-amd64.
struct KernelSeries {
  int major = 0;
  int minor = 0;
  friend auto operator<=>(KernelSeries const&, KernelSeries const&) = default;
};

// Modules for kernels from this series on are compiled with this gcc.
struct CompilerConfig {
  KernelSeries from;
  int gcc = 0;  // major version
  friend bool operator==(CompilerConfig const&, CompilerConfig const&) = default;
};

// By falling `from`: the first entry that is not above a kernel is that kernel's.
std::vector<CompilerConfig> DefaultCompilers();

// The list `builders`, which is required and not empty.
std::vector<BuilderConfig> ReadBuilders(YamlMapping& top);
// The list `compilers`, in whatever order it stands there, as DefaultCompilers() orders it.
std::vector<CompilerConfig> ReadCompilers(YamlMapping& top);
// The mapping `build_limits`.
BuildLimits ReadBuildLimits(YamlMapping& top);

}  // namespace probefarm
