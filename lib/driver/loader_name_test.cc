#include "lib/driver/loader_name.h"

#include <gtest/gtest.h>

#include <string>

#include "lib/driver/asset_name.h"
#include "lib/runtime/row_name.h"

namespace probefarm {
namespace {

struct Case {
  std::string driver_version;
  std::string release;
  std::string version;
  std::string file;
};

void PrintTo(Case const& asked, std::ostream* out) {
  *out << asked.driver_version << " on " << asked.release;
}

// What the loader of each driver version asks for on a Debian host.
class LoaderNameOnDebian : public testing::TestWithParam<Case> {};

TEST_P(LoaderNameOnDebian, IsWhatTheLoaderAsksFor) {
  HostKernel const host{"debian", GetParam().release, GetParam().version, Arch::kX86_64};
  EXPECT_EQ(ProbeFileName("falco", ProbeForHost(GetParam().driver_version, host, Kind::kBpf)),
            GetParam().file);
}

constexpr char kBookworm[] = "#1 SMP PREEMPT_DYNAMIC Debian 6.1.38-2 (2023-07-27)";
constexpr char kBackport[] = "#1 SMP PREEMPT_DYNAMIC Debian 6.12.95-1~bpo12+1 (2026-01-01)";

INSTANTIATE_TEST_SUITE_P(
    Generations, LoaderNameOnDebian,
    testing::Values(
        Case{"2.0.0+driver", "6.1.0-10-cloud-amd64", kBookworm,
             "falco_debian_6.1.0-10-cloud-amd64_1.o"},
        Case{"3.0.1+driver", "6.1.0-10-cloud-amd64", kBookworm,
             "falco_debian_6.1.0-10-cloud-amd64_1.o"},
        Case{"5.0.1+driver", "6.1.0-10-cloud-amd64", kBookworm,
             "falco_debian_6.1.38-2-cloud-amd64_1.o"},
        Case{"5.0.1+driver", "5.10.0-0.deb10.22-rt-amd64",
             "#1 SMP PREEMPT_DYNAMIC Debian 5.10.178-3", "falco_debian_5.10.178-3-rt-amd64_1.o"},
        Case{"6.0.1+driver", "6.1.0-13-amd64",
             "#1 SMP PREEMPT_DYNAMIC Debian 6.1.55-1 (2023-09-29)",
             "falco_debian_6.1.55-1-amd64_1.o"},
        Case{"6.0.1+driver", "5.10.0-0", "#39 SMP PREEMPT_DYNAMIC", "falco_debian_5.10.0-0_39.o"},
        Case{"8.0.0+driver", "6.12.95+deb12-amd64", kBackport, "falco_debian_6.12.95-1-amd64_1.o"},
        Case{"8.0.0+driver", "6.1.0-10-cloud-amd64", "#2 SMP Debian 6.1.38-2",
             "falco_debian_6.1.38-2-cloud-amd64_1.o"},
        Case{"4.0.0+driver", "6.12.95+deb12-amd64", kBackport,
             "falco_debian_6.12.95+deb12-amd64_1.o"}),
    RowName());

TEST(LoaderName, KeepsAVersionWithoutANumber) {
  HostKernel const host{"arch", "5.19.3.arch1-1", "SMP", Arch::kX86_64};
  EXPECT_EQ(ProbeForHost("2.0.0+driver", host, Kind::kBpf).kernel_version, "SMP");
}

}  // namespace
}  // namespace probefarm
