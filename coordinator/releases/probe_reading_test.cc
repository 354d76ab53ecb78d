#include "coordinator/releases/probe_reading.h"

#include <gmock/gmock.h>

#include "lib/driver/asset_name.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;

constexpr char kTag[] = "8.0.0+driver/x86_64";
constexpr char kCommit[] = "b7eb0dd65226a8dc254d228c8d950d07bf3521d2";

struct Read {
  std::string tag;
  std::string name;
  std::string probe;
};

TEST(ProbeReading, ReadsWhatTheRuleTells) {
  for (Read const& row : std::vector<Read>{
           {kTag, "falco_debian_6.1.170-3-cloud-amd64_1.o",
            "8.0.0+driver debian 6.1.170-3-cloud-amd64 #1 x86_64 bpf"},
           {kTag, "falco_debian_6.1.170-3-cloud-amd64_1.ko",
            "8.0.0+driver debian 6.1.170-3-cloud-amd64 #1 x86_64 kmod"},
           {"8.0.0+driver/aarch64", "falco_ubuntu-aws_6.2.0-1004-aws_4.o",
            "8.0.0+driver ubuntu-aws 6.2.0-1004-aws #4 aarch64 bpf"},
           {"2.0.0+driver", "falco_amazonlinux2_4.14.200-155.322.amzn2.x86_64_1.o",
            "2.0.0+driver amazonlinux2 4.14.200-155.322.amzn2.x86_64 #1 x86_64 bpf"},
           {"2.0.0+driver", "falco_debian_5.10.0-9-arm64_1.o",
            "2.0.0+driver debian 5.10.0-9-arm64 #1 aarch64 bpf"},
           {"0.18.0", "falco_cos_5.15.65+_1.o", "0.18.0 cos 5.15.65+ #1 x86_64 bpf"},
           {"b7eb0dd6", "falco_cos_5.15.65+_1.o",
            std::string(kCommit) + " cos 5.15.65+ #1 x86_64 bpf"},
           {kTag, "falco_rocky_5.14.0-162.el9_1.x86_64_1.ko",
            "8.0.0+driver rocky 5.14.0-162.el9_1.x86_64 #1 x86_64 kmod"},
           {kTag, "falco_minikube_5.10.57_1_1.27.0.o",
            "8.0.0+driver minikube 5.10.57 #1_1.27.0 x86_64 bpf"},
           {kTag, "falco_bottlerocket_5.15.59_1_1.11.0-aws.ko",
            "8.0.0+driver bottlerocket 5.15.59 #1_1.11.0-aws x86_64 kmod"},
           {kTag, "falco_talos_6.1.9-talos_1_1.4.0.ko",
            "8.0.0+driver talos 6.1.9-talos #1_1.4.0 x86_64 kmod"},
           {kTag, "falco_ubuntu-generic_5.4.0-1.20.04_1.20.04.ko",
            "8.0.0+driver ubuntu-generic 5.4.0-1.20.04 #1.20.04 x86_64 kmod"},
           {kTag, "falco_myos_6.4_7.ko", "8.0.0+driver myos 6.4 #7 x86_64 kmod"},
       }) {
    absl::StatusOr<ProbeId> const probe = ReadProbe("falco", {kCommit}, row.tag, row.name);
    ASSERT_OK(probe) << row.name;
    EXPECT_EQ(Describe(*probe), row.probe);
    EXPECT_EQ(ReleaseTag(*probe), row.tag);
    EXPECT_EQ(ProbeFileName("falco", *probe), row.name);
  }
}

TEST(ProbeReading, SaysWhyAFileIsNone) {
  for (Read const& row : std::vector<Read>{
           {kTag, "README.md", "begin with"},
           {kTag, "scap_debian_6.1_1.o", "begin with"},
           {kTag, "falco_debian_6.1_1.deb", "ends"},
           {kTag, "falco_debian.o", "no kernel release"},
           {kTag, "falco_debian_6.1.o", "no kernel version"},
           {kTag, "falco__6.1_1.o", "empty"},
           {kTag, "falco_debian__1.o", "empty"},
           {kTag, "falco_debian_6.1_.o", "empty"},
           {kTag, "falco_myos_6.4_1_2.o", "cannot be told"},
           {"8.0.0+driver", "falco_debian_6.1_1.o", "ask for it under"},
           {"2.0.0+driver/x86_64", "falco_debian_6.1_1.o", "ask for it under"},
           {"8.0.0+driver/riscv64", "falco_debian_6.1_1.o", "driver version"},
           {"aaaabbbb", "falco_debian_6.1_1.o", "commit"},
           {"", "falco_debian_6.1_1.o", "driver version"},
       }) {
    EXPECT_THAT(ReadProbe("falco", {kCommit}, row.tag, row.name),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(row.probe)))
        << row.tag << " " << row.name;
  }
}

}  // namespace
}  // namespace probefarm
