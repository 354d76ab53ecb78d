#include "coordinator/planning/sample_offer.h"

#include <utility>

namespace probefarm {
namespace {

ArchiveInput Package(std::string name, char digit) {
  return {
      {std::move(name), std::string(64, digit), 100, {"http://mirror/x"}}, ArchiveFormat::kDeb, ""};
}

}  // namespace

Kernel SampleKernel(std::string release, std::string package_version) {
  Kernel kernel;
  kernel.headers = {Package("linux-headers-" + release + ".deb", '1')};
  kernel.kernel_dir = "usr/src/linux-headers-" + release;
  kernel.host = {"debian", std::move(release), "#1 SMP Debian " + package_version, Arch::kX86_64};
  kernel.package_version = std::move(package_version);
  return kernel;
}

DriverSource SampleDriver(std::string version) {
  ArchiveInput archive = Package("driver-" + version + ".deb", 'd');
  return {std::move(version), std::move(archive), {Kind::kBpf, Kind::kKmod}};
}

Offer SampleOffer() {
  Offer offer;
  offer.drivers = {SampleDriver("e5c53d64"), SampleDriver("8.0.0+driver")};
  offer.kernels = {SampleKernel("6.12.117+deb12-cloud-amd64", "6.12.117-1~deb12u1"),
                   SampleKernel("6.1.0-56-cloud-amd64", "6.1.192-2"),
                   SampleKernel("6.1.0-55-cloud-amd64", "6.1.192-1")};
  offer.builders = {{{{"builder.tar", std::string(64, 'b'), 9, {"http://c/b"}},
                      "sha256:" + std::string(64, 'c'),
                      "gcc-12=12.2.0"},
                     {11, 12},
                     Arch::kX86_64}};
  return offer;
}

}  // namespace probefarm
