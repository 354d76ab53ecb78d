#pragma once

#include <string>

#include "lib/config/yaml_reader.h"

namespace probefarm {

// The mapping `signing`. Optional.
struct SigningConfig {
  // The private key, as `probefarm-coordinator keygen` writes it; empty: nothing is signed. As
  // given; the file is not looked at.
  std::string key_file;
  friend bool operator==(SigningConfig const&, SigningConfig const&) = default;
};

SigningConfig ReadSigning(YamlMapping& top);

}  // namespace probefarm
