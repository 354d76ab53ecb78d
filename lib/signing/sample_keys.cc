#include "lib/signing/sample_keys.h"

namespace probefarm {

SigningKey SampleKey() { return SigningKey::FromPem(kSampleKeyPem).value(); }
SigningKey OtherKey() { return SigningKey::FromPem(kOtherKeyPem).value(); }

}  // namespace probefarm
