#include "worker/artifact/artifact_check.h"

#include <gtest/gtest.h>

#include "lib/runtime/status_matchers.h"
#include "worker/artifact/module_info.h"
#include "worker/artifact/small_elf.h"

namespace probefarm {
namespace {

using testing::AllOf;
using testing::HasSubstr;

ArtifactExpectation const kExpect{"6.1.0-56-cloud-amd64", "8.0.0+driver"};

std::string Text(std::string text) { return text + '\0'; }

SmallElf Probe(std::string const& kernel = kExpect.kernel_release,
               std::string const& driver = kExpect.driver_version) {
  return SmallElf(1, 247)
      .Add("kernel_version", Text(kernel))
      .Add("probe_version", Text(driver))
      .Add("license", Text("GPL"))
      .Add("maps", "map");
}

std::string Modinfo(std::string const& release, std::string const& version) {
  return Text("license=GPL") + Text("version=" + version) + Text("name=falco") +
         Text("vermagic=" + release + " SMP preempt mod_unload modversions ");
}

std::string Module(uint16_t machine, std::string const& modinfo) {
  return SmallElf(1, machine)
      .Add(".gnu.linkonce.this_module", std::string(64, '\0'))
      .Add(".modinfo", modinfo)
      .Build();
}

absl::Status CheckBpf(std::string const& bytes) {
  return CheckArtifactBytes(bytes, Kind::kBpf, Arch::kX86_64, kExpect);
}

absl::Status CheckKmod(std::string const& bytes, Arch arch = Arch::kX86_64) {
  return CheckArtifactBytes(bytes, Kind::kKmod, arch, kExpect);
}

auto Fails(std::string const& expected, std::string const& found) {
  return StatusIs(absl::StatusCode::kFailedPrecondition,
                  AllOf(HasSubstr(expected), HasSubstr(found)));
}

TEST(ArtifactCheck, AcceptsTheProbeThatWasAskedFor) { EXPECT_OK(CheckBpf(Probe().Build())); }

TEST(ArtifactCheck, RefusesAProbeForAnotherKernel) {
  EXPECT_THAT(CheckBpf(Probe("6.1.0-55-cloud-amd64").Build()),
              Fails(kExpect.kernel_release, "6.1.0-55-cloud-amd64"));
}

TEST(ArtifactCheck, RefusesAProbeOfAnotherDriver) {
  EXPECT_THAT(CheckBpf(Probe(kExpect.kernel_release, "8.0.0").Build()),
              Fails("expected \"8.0.0+driver\"", "\"8.0.0\""));
}

TEST(ArtifactCheck, RefusesAProbeThatIsNotBpf) {
  EXPECT_THAT(CheckBpf(Module(62, Modinfo(kExpect.kernel_release, "8.0.0+driver"))),
              Fails("247", "62"));
}

TEST(ArtifactCheck, RefusesAProbeWithoutMapsOrLicense) {
  auto const base = SmallElf(1, 247)
                        .Add("kernel_version", Text(kExpect.kernel_release))
                        .Add("probe_version", Text(kExpect.driver_version));
  EXPECT_THAT(CheckBpf(SmallElf(base).Add("maps", "map").Build()), Fails("license", ""));
  EXPECT_THAT(CheckBpf(SmallElf(base).Add("license", "GPL").Build()), Fails("maps", ""));
}

TEST(ArtifactCheck, AcceptsTheModuleThatWasAskedFor) {
  std::string const modinfo = Modinfo(kExpect.kernel_release, kExpect.driver_version);
  EXPECT_OK(CheckKmod(Module(62, modinfo)));
  EXPECT_OK(CheckKmod(Module(183, modinfo), Arch::kAarch64));
}

TEST(ArtifactCheck, AcceptsAModuleThatSaysNothingOfItsVersion) {
  EXPECT_OK(CheckKmod(Module(62, Text("vermagic=" + kExpect.kernel_release + " SMP "))));
}

TEST(ArtifactCheck, RefusesAModuleForAnotherKernel) {
  EXPECT_THAT(CheckKmod(Module(62, Modinfo("6.1.0-56-amd64", "8.0.0+driver"))),
              Fails(kExpect.kernel_release, "6.1.0-56-amd64"));
}

TEST(ArtifactCheck, RefusesAModuleOfAnotherDriver) {
  EXPECT_THAT(CheckKmod(Module(62, Modinfo(kExpect.kernel_release, "9.1.0+driver"))),
              Fails("8.0.0+driver", "9.1.0+driver"));
}

TEST(ArtifactCheck, RefusesAModuleForAnotherMachine) {
  EXPECT_THAT(CheckKmod(Module(183, Modinfo(kExpect.kernel_release, "8.0.0+driver"))),
              Fails("62", "183"));
}

TEST(ArtifactCheck, RefusesAModuleWithoutVermagicOrEntry) {
  EXPECT_THAT(CheckKmod(Module(62, Text("license=GPL"))), Fails("vermagic", ""));
  EXPECT_THAT(CheckKmod(SmallElf(1, 62).Add(".modinfo", Text("vermagic=x")).Build()),
              Fails(".gnu.linkonce.this_module", ""));
}

TEST(ArtifactCheck, RefusesWhatIsNotRelocatable) {
  EXPECT_THAT(CheckKmod(SmallElf(2, 62).Build()), Fails("ELF type", "2"));
}

TEST(ArtifactCheck, RefusesWhatIsNoElfFile) { EXPECT_THAT(CheckBpf("text"), Fails("ELF", "")); }

TEST(ArtifactCheck, NamesAFileThatIsNotThere) {
  EXPECT_THAT(CheckArtifact("/nowhere/probe", Kind::kBpf, Arch::kX86_64, kExpect),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/nowhere/probe")));
}

TEST(ModuleInfo, MatchesWholeKeysOnly) {
  std::string const modinfo = Text("srcversion=AB") + Text("version=1") + Text("version=2");
  EXPECT_EQ(ModuleInfo(modinfo, "version"), "1");
  EXPECT_EQ(ModuleInfo(modinfo, "vers"), std::nullopt);
  EXPECT_EQ(ModuleInfo("", "version"), std::nullopt);
}

}  // namespace
}  // namespace probefarm
