#include "lib/build/sample_build_spec.h"

namespace probefarm {
namespace {

Input SampleInput(std::string name, char digit) {
  std::string const url = "https://mirror.example/pool/" + name;
  return {std::move(name), std::string(64, digit), 1000, {url}};
}

}  // namespace

BuildSpec SampleBuildSpec() {
  BuildSpec spec;
  spec.probe = {"9.1.0+driver", Arch::kAarch64, "debian", "6.1.170-3-cloud-arm64", "1",
                Kind::kKmod};
  spec.file_name = "falco_debian_6.1.170-3-cloud-arm64_1.ko";
  spec.image = {SampleInput("bookworm.tar", '1'), "sha256:" + std::string(64, '2'),
                "gcc 12.2.0, clang 14.0.6"};
  spec.headers = {
      {SampleInput("linux-headers-6.1.0-47-cloud-arm64_6.1.170-3_arm64.deb", '3'),
       ArchiveFormat::kDeb, ""},
      {SampleInput("linux-kbuild-6.1_6.1.170-3_arm64.deb", '4'), ArchiveFormat::kDeb, ""}};
  spec.source = {
      {SampleInput("libs-9.1.0.tar.gz", '5'), ArchiveFormat::kTar, "libs-9.1.0/driver/"}};
  spec.script = "set -eu\nmake -C \"$KERNEL\"\n";
  spec.env = {{"LANG", "C"}, {"KBUILD_BUILD_HOST", "probefarm"}};
  spec.output = "out/falco.ko";
  spec.limits = {int64_t{1} << 30, 1.5, 256, absl::Minutes(15), int64_t{64} << 20,
                 int64_t{16} << 20};
  spec.expect = {"6.1.0-47-cloud-arm64", "9.1.0+driver"};
  return spec;
}

}  // namespace probefarm
