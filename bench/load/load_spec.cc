#include "bench/load/load_spec.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "lib/build/build_spec.h"
#include "lib/driver/asset_name.h"

namespace probefarm {

namespace {

constexpr char kNumber[] = "NUMBER";

std::string Template() {
  BuildSpec spec;
  spec.probe = {"8", Arch::kX86_64, "d", absl::StrCat("6-", kNumber), "1", Kind::kBpf};
  spec.file_name = ProbeFileName("falco", spec.probe);
  spec.image.archive = {"i", std::string(64, 'a'), 1, {}};
  spec.image.id = absl::StrCat("sha256:", std::string(64, 'b'));
  spec.image.fingerprint = "g";
  spec.headers.emplace_back().file = {"h", std::string(64, 'c'), 1, {}};
  spec.source.emplace_back().file = {"s", std::string(64, 'd'), 1, {}};
  spec.script = ":";
  spec.limits.memory_bytes = int64_t{1} << 30;
  spec.expect = {"6", "8"};
  return ToJson(spec);
}

}  // namespace

// Made once: what it costs to write a spec is not what is measured.
std::string LoadSpec(int64_t number) {
  static std::string const spec = Template();
  return absl::StrReplaceAll(spec, {{kNumber, absl::StrCat(number)}});
}

}  // namespace probefarm
