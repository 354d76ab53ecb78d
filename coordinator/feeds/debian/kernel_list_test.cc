#include "coordinator/feeds/debian/kernel_list.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "lib/driver/loader_name.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm::debian {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> const kFlavours = {"amd64", "cloud-amd64", "rt-amd64"};

PackageStanza Package(std::string const& name, std::string const& version,
                      std::string const& depends = "") {
  return {.package = name,
          .version = version,
          .architecture = "amd64",
          .depends = depends,
          .filename = absl::StrCat("pool/", name, "_", version, ".deb"),
          .sha256 = absl::StrCat("digest of ", name, " ", version),
          .size = 1};
}

PackageStanza Headers(std::string const& release, std::string const& abi,
                      std::string const& version) {
  return Package("linux-headers-" + release, version,
                 absl::StrCat("linux-headers-", abi, "-common (= ", version,
                              "), linux-kbuild-6.1 (>= ", version,
                              "), linux-compiler-gcc-12-x86, linux-image-", release));
}

std::vector<PackageStanza> Complete() {
  return {Headers("6.1.0-47-cloud-amd64", "6.1.0-47", "6.1.170-3"),
          Package("linux-headers-6.1.0-47-common", "6.1.170-3"),
          Package("linux-kbuild-6.1", "6.1.170-3", "libc6 (>= 2.34)")};
}

SuitePackages In(std::string const& suite, std::vector<PackageStanza> packages) {
  return {suite, "http://mirror.test/" + suite, Arch::kX86_64, std::move(packages)};
}

std::vector<std::string> FileNames(Kernel const& kernel) {
  std::vector<std::string> names;
  for (ArchiveInput const& input : kernel.headers) names.push_back(input.file.name);
  return names;
}

TEST(KernelList, FollowsDependsToEveryArchive) {
  ASSERT_OK_AND_ASSIGN(auto kernels, ListKernels({In("bookworm", Complete())}, kFlavours));
  ASSERT_EQ(kernels.size(), 1);
  Kernel const& kernel = kernels[0];
  EXPECT_EQ(kernel.host.target, "debian");
  EXPECT_EQ(kernel.host.release, "6.1.0-47-cloud-amd64");
  EXPECT_EQ(kernel.host.version, "#1 SMP Debian 6.1.170-3");
  EXPECT_EQ(kernel.package_version, "6.1.170-3");
  EXPECT_EQ(kernel.suite, "bookworm");
  EXPECT_EQ(kernel.kernel_dir, "usr/src/linux-headers-6.1.0-47-cloud-amd64");
  EXPECT_EQ(kernel.missing, "");
  EXPECT_THAT(FileNames(kernel), ElementsAre("linux-headers-6.1.0-47-cloud-amd64_6.1.170-3.deb",
                                             "linux-headers-6.1.0-47-common_6.1.170-3.deb",
                                             "linux-kbuild-6.1_6.1.170-3.deb"));
  EXPECT_THAT(kernel.headers[2].file.urls,
              ElementsAre("http://mirror.test/bookworm/pool/linux-kbuild-6.1_6.1.170-3.deb"));
}

TEST(KernelList, GivesLoadersTheNameThatTheyAskFor) {
  ASSERT_OK_AND_ASSIGN(auto kernels, ListKernels({In("bookworm", Complete())}, kFlavours));
  ProbeId const probe = ProbeForHost("8.0.0+driver", kernels.at(0).host, Kind::kBpf);
  EXPECT_EQ(probe.kernel_release, "6.1.170-3-cloud-amd64");
  EXPECT_EQ(probe.kernel_version, "1");
}

TEST(KernelList, LeavesOutMetaPackagesAndOtherFlavours) {
  std::vector<PackageStanza> packages = Complete();
  packages.push_back(Package("linux-headers-cloud-amd64", "6.1.170-3",
                             "linux-headers-6.1.0-47-cloud-amd64 (= 6.1.170-3)"));
  packages.push_back(Headers("6.1.0-47-rt-amd64", "6.1.0-47", "6.1.170-3"));
  packages.push_back(Headers("6.1.0-47-amd64", "6.1.0-47", "6.1.170-3"));
  ASSERT_OK_AND_ASSIGN(auto kernels, ListKernels({In("bookworm", packages)}, {"amd64"}));
  ASSERT_EQ(kernels.size(), 1);
  EXPECT_EQ(kernels[0].host.release, "6.1.0-47-amd64");
}

TEST(KernelList, NamesWhatIsMissing) {
  ASSERT_OK_AND_ASSIGN(
      auto kernels, ListKernels({In("bookworm", {Headers("6.1.0-47-amd64", "6.1.0-47", "6.1.170-3"),
                                                 Package("linux-kbuild-6.1", "6.1.1-1")})},
                                kFlavours));
  ASSERT_EQ(kernels.size(), 1);
  EXPECT_THAT(kernels[0].headers, IsEmpty());
  EXPECT_EQ(kernels[0].missing,
            "linux-headers-6.1.0-47-common (= 6.1.170-3), linux-kbuild-6.1 (>= 6.1.170-3)");
}

TEST(KernelList, KeepsItsInputsWhenANewerKbuildAppears) {
  ASSERT_OK_AND_ASSIGN(auto before, ListKernels({In("bookworm", Complete())}, kFlavours));
  ASSERT_OK_AND_ASSIGN(
      auto after, ListKernels({In("bookworm-security", {Package("linux-kbuild-6.1", "6.1.176-1")}),
                               In("bookworm", Complete())},
                              kFlavours));
  EXPECT_EQ(after.at(0).headers, before.at(0).headers);
}

TEST(KernelList, TakesTheLowestVersionWhereItsOwnIsGone) {
  std::vector<PackageStanza> packages = Complete();
  packages.pop_back();
  ASSERT_OK_AND_ASSIGN(
      auto kernels,
      ListKernels({In("bookworm", packages),
                   In("bookworm-security", {Package("linux-kbuild-6.1", "6.1.180-1"),
                                            Package("linux-kbuild-6.1", "6.1.176-1"),
                                            Package("linux-kbuild-6.1", "6.1.99-1")})},
                  kFlavours));
  EXPECT_EQ(kernels.at(0).headers.at(2).file.name, "linux-kbuild-6.1_6.1.176-1.deb");
}

TEST(KernelList, PrefersItsOwnVersionWhereAnyWillDo) {
  ASSERT_OK_AND_ASSIGN(
      auto kernels,
      ListKernels(
          {In("trixie", {Package("linux-headers-6.12.1+deb13-amd64", "6.12.1-2",
                                 "linux-headers-6.12.1+deb13-common, linux-kbuild-6.12.1+deb13"),
                         Package("linux-headers-6.12.1+deb13-common", "6.12.1-2"),
                         Package("linux-kbuild-6.12.1+deb13", "6.12.1-1"),
                         Package("linux-kbuild-6.12.1+deb13", "6.12.1-2")})},
          kFlavours));
  EXPECT_EQ(kernels.at(0).headers.at(2).file.name, "linux-kbuild-6.12.1+deb13_6.12.1-2.deb");
}

TEST(KernelList, DoesNotMixCodenames) {
  std::vector<PackageStanza> packages = Complete();
  std::vector<PackageStanza> const kbuild = {packages.back()};
  packages.pop_back();
  ASSERT_OK_AND_ASSIGN(auto kernels,
                       ListKernels({In("bookworm", packages), In("trixie", kbuild)}, kFlavours));
  EXPECT_EQ(kernels.at(0).missing, "linux-kbuild-6.1 (>= 6.1.170-3)");
}

TEST(KernelList, JoinsOneKernelOfTwoSuites) {
  ASSERT_OK_AND_ASSIGN(
      auto kernels,
      ListKernels({In("bookworm", Complete()), In("bookworm-security", Complete())}, kFlavours));
  ASSERT_EQ(kernels.size(), 1);
  EXPECT_EQ(kernels[0].suite, "bookworm");
  EXPECT_THAT(
      kernels[0].headers[2].file.urls,
      ElementsAre("http://mirror.test/bookworm/pool/linux-kbuild-6.1_6.1.170-3.deb",
                  "http://mirror.test/bookworm-security/pool/linux-kbuild-6.1_6.1.170-3.deb"));
}

TEST(KernelList, JoinsOneKernelOfTwoCodenamesAndTakesTheCompleteOne) {
  std::vector<PackageStanza> broken = Complete();
  broken.pop_back();
  ASSERT_OK_AND_ASSIGN(auto kernels, ListKernels({In("forky", broken), In("sid", Complete()),
                                                  In("trixie", Complete())},
                                                 kFlavours));
  ASSERT_EQ(kernels.size(), 1);
  EXPECT_EQ(kernels[0].suite, "sid");
  EXPECT_EQ(kernels[0].headers.at(0).file.urls.size(), 2);
}

TEST(KernelList, ListsOneReleaseInTwoVersionsTwiceNewestFirst) {
  std::vector<PackageStanza> packages = Complete();
  packages.push_back(Headers("6.1.0-47-cloud-amd64", "6.1.0-47", "6.1.170-10"));
  packages.push_back(Package("linux-headers-6.1.0-47-common", "6.1.170-10"));
  packages.push_back(Package("linux-kbuild-6.1", "6.1.170-10"));
  ASSERT_OK_AND_ASSIGN(auto kernels, ListKernels({In("bookworm", packages)}, kFlavours));
  ASSERT_EQ(kernels.size(), 2);
  EXPECT_EQ(kernels[0].package_version, "6.1.170-10");
  EXPECT_EQ(kernels[1].package_version, "6.1.170-3");
  EXPECT_EQ(kernels[1].headers.at(1).file.name, "linux-headers-6.1.0-47-common_6.1.170-3.deb");
}

TEST(KernelList, NamesThePackageWhoseDependenciesCannotBeRead) {
  EXPECT_THAT(ListKernels({In("bookworm", {Package("linux-headers-x", "1", "a (")})}, kFlavours),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("linux-headers-x")));
}

TEST(KernelList, EndsWherePackagesDependOnEachOther) {
  std::vector<PackageStanza> packages = Complete();
  packages[1].depends = "linux-kbuild-6.1";
  packages[2].depends = "linux-headers-6.1.0-47-common";
  ASSERT_OK_AND_ASSIGN(auto kernels, ListKernels({In("bookworm", packages)}, kFlavours));
  EXPECT_EQ(kernels.at(0).headers.size(), 3);
}

}  // namespace
}  // namespace probefarm::debian
