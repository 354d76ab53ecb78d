#include "coordinator/recipe/recipe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "coordinator/recipe/build_script.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

ArchiveInput Package(std::string name, char digit) {
  return {
      {std::move(name), std::string(64, digit), 100, {"http://mirror/x"}}, ArchiveFormat::kDeb, ""};
}

DriverSource Driver() {
  return {"8.0.0+driver", Package("scap.deb", 'd'), {Kind::kBpf, Kind::kKmod}};
}

Kernel CloudKernel() {
  Kernel kernel;
  kernel.host = {"debian", "6.1.0-56-cloud-amd64", "#1 SMP Debian 6.1.192-2", Arch::kX86_64};
  kernel.package_version = "6.1.192-2";
  kernel.headers = {Package("headers.deb", '1'), Package("common.deb", '2')};
  kernel.kernel_dir = "usr/src/linux-headers-6.1.0-56-cloud-amd64";
  return kernel;
}

BuilderImage Builder() {
  return {{{"builder.tar", std::string(64, 'b'), 9, {"http://c/b"}}, "sha256:id", "gcc-12=12.2.0"},
          {11, 12},
          Arch::kX86_64};
}

TEST(MakeSpec, HoldsEverythingThatDecidesTheOutput) {
  RecipeOptions options;
  options.limits.cpus = 2;
  ASSERT_OK_AND_ASSIGN(BuildSpec const spec,
                       MakeSpec(Driver(), CloudKernel(), Kind::kKmod, {Builder()}, options));
  EXPECT_EQ(spec.probe, (ProbeId{"8.0.0+driver", Arch::kX86_64, "debian", "6.1.192-2-cloud-amd64",
                                 "1", Kind::kKmod}));
  EXPECT_EQ(spec.file_name, "falco_debian_6.1.192-2-cloud-amd64_1.ko");
  EXPECT_EQ(spec.image, Builder().image);
  EXPECT_EQ(spec.headers, CloudKernel().headers);
  EXPECT_THAT(spec.source, ElementsAre(Driver().archive));
  EXPECT_EQ(spec.script, BuildScript());
  EXPECT_EQ(spec.limits, options.limits);
  EXPECT_EQ(spec.expect, (ArtifactExpectation{"6.1.0-56-cloud-amd64", "8.0.0+driver"}));
}

TEST(MakeSpec, TellsTheScriptWhatDiffersByTheEnvironment) {
  ASSERT_OK_AND_ASSIGN(BuildSpec const spec,
                       MakeSpec(Driver(), CloudKernel(), Kind::kBpf, {Builder()}, {}));
  EXPECT_THAT(spec.env,
              ElementsAre(Pair("CC", "gcc-12"), Pair("DRIVER_NAME", "falco"),
                          Pair("DRIVER_VERSION", "8.0.0+driver"),
                          Pair("KERNEL_DIR", "/kernel/usr/src/linux-headers-6.1.0-56-cloud-amd64"),
                          Pair("KERNEL_RELEASE", "6.1.0-56-cloud-amd64"),
                          Pair("KERNEL_VERSION", "#1 SMP Debian 6.1.192-2"), Pair("KIND", "bpf"),
                          Pair("PACKAGE_VERSION", "6.1.192-2")));
}

TEST(MakeSpec, LooksForThePackageVersionInUnameOnDebianOnly) {
  Kernel kernel = CloudKernel();
  kernel.host.target = "rocky";
  ASSERT_OK_AND_ASSIGN(BuildSpec const spec,
                       MakeSpec(Driver(), kernel, Kind::kBpf, {Builder()}, {}));
  EXPECT_EQ(spec.env.at("PACKAGE_VERSION"), "");
}

TEST(MakeSpec, GivesWhatTheWorkerAccepts) {
  ASSERT_OK_AND_ASSIGN(BuildSpec const spec,
                       MakeSpec(Driver(), CloudKernel(), Kind::kBpf, {Builder()}, {}));
  BuildSpec sealed = spec;
  sealed.image.id = "sha256:" + std::string(64, 'c');
  ASSERT_OK_AND_ASSIGN(BuildSpec const read, ParseBuildSpec(ToJson(sealed)));
  EXPECT_EQ(read, sealed);
}

TEST(MakeSpec, NamesTheFileForTheConfiguredDriver) {
  RecipeOptions options;
  options.driver_name = "my_probe2";
  ASSERT_OK_AND_ASSIGN(BuildSpec const spec,
                       MakeSpec(Driver(), CloudKernel(), Kind::kBpf, {Builder()}, options));
  EXPECT_EQ(spec.file_name, "my_probe2_debian_6.1.192-2-cloud-amd64_1.o");
  EXPECT_EQ(spec.env.at("DRIVER_NAME"), "my_probe2");
}

TEST(MakeSpec, RefusesNamesThatTheScriptCannotPutIntoASource) {
  RecipeOptions options;
  options.driver_name = "a b";
  EXPECT_THAT(MakeSpec(Driver(), CloudKernel(), Kind::kBpf, {Builder()}, options),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("driver name 'a b'")));
  DriverSource driver = Driver();
  driver.version = "8/0\"";
  EXPECT_THAT(MakeSpec(driver, CloudKernel(), Kind::kBpf, {Builder()}, {}),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(MakeSpec, RefusesAKindThatTheDriverDoesNotHave) {
  DriverSource driver = Driver();
  driver.kinds = {Kind::kKmod};
  EXPECT_THAT(MakeSpec(driver, CloudKernel(), Kind::kBpf, {Builder()}, {}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("8.0.0+driver"), HasSubstr("bpf"))));
}

TEST(MakeSpec, NamesThePackageThatIsMissing) {
  Kernel kernel = CloudKernel();
  kernel.headers.clear();
  kernel.missing = "linux-kbuild-6.1";
  EXPECT_THAT(MakeSpec(Driver(), kernel, Kind::kBpf, {Builder()}, {}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("linux-kbuild-6.1")));
}

TEST(MakeSpec, RefusesAMachineThatNoImageIsFor) {
  BuilderImage builder = Builder();
  builder.arch = Arch::kAarch64;
  EXPECT_THAT(
      MakeSpec(Driver(), CloudKernel(), Kind::kBpf, {builder}, {}),
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("no builder image is for x86_64")));
}

TEST(MakeSpec, RefusesAKernelThatTheImageHasNoCompilerFor) {
  BuilderImage builder = Builder();
  builder.gcc = {13};
  EXPECT_THAT(MakeSpec(Driver(), CloudKernel(), Kind::kBpf, {builder}, {}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("gcc 12")));
}

TEST(BuildScript, IsTheFileByteForByte) {
  std::ifstream file(BUILD_SCRIPT_FILE, std::ios::binary);
  std::string const text{std::istreambuf_iterator<char>(file), {}};
  ASSERT_FALSE(text.empty());
  EXPECT_EQ(BuildScript(), text);
}

}  // namespace
}  // namespace probefarm
