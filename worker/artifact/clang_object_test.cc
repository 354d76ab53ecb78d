#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "lib/runtime/status_matchers.h"
#include "worker/artifact/artifact_check.h"

namespace probefarm {
namespace {

// What a driver's probe says of itself, compiled as its Makefile does.
constexpr char kSource[] = R"(
#define SECTION(name) __attribute__((section(name), used))
char kernel_ver[] SECTION("kernel_version") = "6.1.0-56-cloud-amd64";
char probe_ver[] SECTION("probe_version") = "8.0.0+driver";
char gpl[] SECTION("license") = "GPL";
struct { int type; } map SECTION("maps") = {1};
int probe(void *context) { return 0; }
)";

std::string Compile(std::string const& flags) {
  std::string const stem =
      testing::TempDir() + testing::UnitTest::GetInstance()->current_test_info()->name();
  std::ofstream(stem + ".c") << kSource;
  std::string const command = "clang " + flags + " -O2 -g -c " + stem + ".c -o " + stem + ".o";
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
  return stem + ".o";
}

TEST(ClangObject, IsAcceptedAsAProbe) {
  EXPECT_OK(CheckArtifact(Compile("-target bpf"), Kind::kBpf, Arch::kX86_64,
                          {"6.1.0-56-cloud-amd64", "8.0.0+driver"}));
}

TEST(ClangObject, ForTheHostIsNoProbe) {
  EXPECT_THAT(CheckArtifact(Compile("-target x86_64-linux-gnu"), Kind::kBpf, Arch::kX86_64,
                            {"6.1.0-56-cloud-amd64", "8.0.0+driver"}),
              StatusIs(absl::StatusCode::kFailedPrecondition, testing::HasSubstr("machine")));
}

}  // namespace
}  // namespace probefarm
