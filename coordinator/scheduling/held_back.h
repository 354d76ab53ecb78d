#pragma once

#include <functional>
#include <string>

#include "lib/driver/probe.h"

namespace probefarm {

// Jobs that are not to be granted although workers could run them, by what the tag of their release
// is made of: there is no room for what they would build. Empty: none. Called on the store's
// thread, often: pure, and quick.
using HeldBack = std::function<bool(std::string const& driver_version, Arch arch)>;

inline bool Holds(HeldBack const& held_back, std::string const& driver_version, Arch arch) {
  return held_back != nullptr && held_back(driver_version, arch);
}

}  // namespace probefarm
