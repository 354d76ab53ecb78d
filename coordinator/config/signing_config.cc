#include "coordinator/config/signing_config.h"

namespace probefarm {

SigningConfig ReadSigning(YamlMapping& top) {
  SigningConfig config;
  top.Mapping("signing", YamlMapping::Presence::kOptional, [&](YamlMapping& signing) {
    config.key_file = signing.String("key_file", config.key_file);
  });
  return config;
}

}  // namespace probefarm
