#pragma once

#include <string>

#include "coordinator/feeds/kernel_feed.h"
#include "coordinator/planning/offer.h"
#include "coordinator/recipe/driver_source.h"

namespace probefarm {

// A Debian kernel with complete headers: SampleKernel("6.1.0-56-cloud-amd64", "6.1.192-2").
Kernel SampleKernel(std::string release, std::string package_version);

// A driver with both kinds.
DriverSource SampleDriver(std::string version);

// Drivers e5c53d64 and 8.0.0+driver; kernels 6.12.117+deb12, 6.1.0-56 and 6.1.0-55 (all
// cloud-amd64); an image with gcc 11 and 12. Nothing in it can be fetched.
Offer SampleOffer();

}  // namespace probefarm
