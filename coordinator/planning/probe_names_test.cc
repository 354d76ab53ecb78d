#include "coordinator/planning/probe_names.h"

#include <gmock/gmock.h>

namespace probefarm {
namespace {

using ::testing::SizeIs;

constexpr char kTag[] = "8.0.0+driver/x86_64";

Kernel Debian(std::string const& release, std::string const& package) {
  Kernel kernel;
  kernel.host = {"debian", release, "#1 SMP PREEMPT_DYNAMIC Debian " + package + " (2026-01-01)",
                 Arch::kX86_64};
  return kernel;
}

TEST(ProbeNames, AreWhatLoadersOfEachVersionAskFor) {
  ProbeNames const names = NamesOf("falco", {"2.0.0+driver", "8.0.0+driver"},
                                   {Debian("6.1.0-47-cloud-amd64", "6.1.170-3")});
  ASSERT_THAT(names, SizeIs(4));
  EXPECT_EQ(names.at({"2.0.0+driver", "falco_debian_6.1.0-47-cloud-amd64_1.o"}).kind, Kind::kBpf);
  ProbeId const module = names.at({kTag, "falco_debian_6.1.170-3-cloud-amd64_1.ko"});
  EXPECT_EQ(Describe(module), "8.0.0+driver debian 6.1.170-3-cloud-amd64 #1 x86_64 kmod");
}

// GitHub's rewriting loses the tilde; the matrix knows it.
TEST(ProbeNames, TellWhichProbeARewrittenNameStandsFor) {
  ProbeNames const names =
      NamesOf("falco", {"8.0.0+driver"}, {Debian("6.12.9-amd64", "6.12.9-1~bpo12+1")});
  for (auto const& [place, probe] : names)
    EXPECT_EQ(place.second.find('~'), std::string::npos) << place.second;
}

TEST(ProbeNames, BelongToTheKernelForWhichSomethingCanBeBuilt) {
  Kernel first = Debian("6.12.117-cloud-amd64", "6.12.117-1");
  first.host.target = "ubuntu~a";
  first.missing = "linux-headers";
  Kernel second = first;
  second.host.target = "ubuntu.a";
  second.missing = "";
  ProbeNames const names = NamesOf("falco", {"8.0.0+driver"}, {first, second});
  ASSERT_THAT(names, SizeIs(2));
  EXPECT_EQ(names.begin()->second.target, "ubuntu.a");
}

}  // namespace
}  // namespace probefarm
