#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "lib/files/temporary_folder.h"
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

class ClangObject : public testing::Test {
 protected:
  std::string Compile(std::string const& flags) const {
    std::string const source = folder_.Write("probe.c", kSource);
    std::string object = folder_ / "probe.o";
    std::string const command = "clang " + flags + " -O2 -g -c " + source + " -o " + object;
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
    return object;
  }

  TemporaryFolder folder_;
};

TEST_F(ClangObject, IsAcceptedAsAProbe) {
  EXPECT_OK(CheckArtifact(Compile("-target bpf"), Kind::kBpf, Arch::kX86_64,
                          {"6.1.0-56-cloud-amd64", "8.0.0+driver"}));
}

TEST_F(ClangObject, ForTheHostIsNoProbe) {
  EXPECT_THAT(CheckArtifact(Compile("-target x86_64-linux-gnu"), Kind::kBpf, Arch::kX86_64,
                            {"6.1.0-56-cloud-amd64", "8.0.0+driver"}),
              StatusIs(absl::StatusCode::kFailedPrecondition, testing::HasSubstr("machine")));
}

}  // namespace
}  // namespace probefarm
