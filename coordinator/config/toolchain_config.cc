#include "coordinator/config/toolchain_config.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/build/bounds.h"
#include "lib/driver/asset_name.h"

namespace probefarm {
namespace {

using Presence = YamlMapping::Presence;

constexpr int kOldestGcc = 4;
constexpr int kNewestGcc = 99;
constexpr int64_t kLeastMemoryBytes = int64_t{16} << 20;
constexpr int64_t kLeastFileBytes = int64_t{1} << 10;

bool ParseNumber(absl::string_view text, int* number) {
  return std::all_of(text.begin(), text.end(), absl::ascii_isdigit) &&
         absl::SimpleAtoi(text, number);
}

KernelSeries ReadSeries(YamlMapping& mapping, absl::string_view key) {
  KernelSeries series;
  std::vector<std::string> const parts = absl::StrSplit(mapping.String(key), '.');
  if (parts.size() != 2 || !ParseNumber(parts[0], &series.major) ||
      !ParseNumber(parts[1], &series.minor)) {
    mapping.Error(key, "is not a kernel series such as \"6.5\"");
  }
  return series;
}

BuilderConfig ReadBuilder(YamlMapping& mapping) {
  BuilderConfig builder;
  builder.name = mapping.String("name");
  mapping.Check("name", CheckFileName(builder.name));
  builder.archive = mapping.String("archive");
  if (builder.archive.empty()) mapping.Error("archive", "is empty");
  return builder;
}

CompilerRule ReadCompiler(YamlMapping& mapping) {
  CompilerRule compiler;
  compiler.first = ReadSeries(mapping, "from");
  compiler.gcc = static_cast<int>(mapping.Int("gcc", kOldestGcc, kNewestGcc));
  return compiler;
}

}  // namespace

std::vector<BuilderConfig> ReadBuilders(YamlMapping& top) {
  std::vector<BuilderConfig> builders;
  std::set<std::string> names;
  top.Mappings("builders", Presence::kRequired, [&](YamlMapping& mapping) {
    builders.push_back(ReadBuilder(mapping));
    std::string const& name = builders.back().name;
    if (!names.insert(name).second)
      mapping.Error("name", absl::StrCat("'", name, "' stands in two builders"));
  });
  if (builders.empty()) top.Error("builders", "is empty");
  return builders;
}

std::vector<CompilerRule> ReadCompilers(YamlMapping& top) {
  if (!top.Has("compilers")) return DefaultCompilers();
  std::vector<CompilerRule> compilers;
  std::set<KernelSeries> series;
  top.Mappings("compilers", Presence::kRequired, [&](YamlMapping& mapping) {
    compilers.push_back(ReadCompiler(mapping));
    if (!series.insert(compilers.back().first).second)
      mapping.Error("from", "stands in two compilers");
  });
  if (compilers.empty()) top.Error("compilers", "is empty");
  std::sort(compilers.begin(), compilers.end(),
            [](CompilerRule const& a, CompilerRule const& b) { return a.first < b.first; });
  return compilers;
}

BuildLimits ReadBuildLimits(YamlMapping& top) {
  BuildLimits limits;
  top.Mapping("build_limits", Presence::kOptional, [&](YamlMapping& mapping) {
    limits.memory_bytes =
        mapping.Bytes("memory", kLeastMemoryBytes, kMaxBuildMemoryBytes, limits.memory_bytes);
    limits.cpus = mapping.Double("cpus", kMinBuildCpus, kMaxBuildCpus, limits.cpus);
    limits.processes =
        static_cast<int>(mapping.Int("processes", 1, kMaxBuildProcesses, limits.processes));
    limits.timeout =
        mapping.Duration("timeout", absl::Seconds(1), kMaxBuildTimeout, limits.timeout);
    if (limits.timeout != absl::Trunc(limits.timeout, absl::Seconds(1)))
      mapping.Error("timeout", "is not a whole number of seconds");
    limits.output_bytes =
        mapping.Bytes("output", kLeastFileBytes, kMaxBuildOutputBytes, limits.output_bytes);
    limits.log_bytes = mapping.Bytes("log", kLeastFileBytes, kMaxBuildLogBytes, limits.log_bytes);
  });
  return limits;
}

}  // namespace probefarm
