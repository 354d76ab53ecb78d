#pragma once

#include "lib/signing/signing_key.h"

namespace probefarm {

// The keys of RFC 8032, section 7.1, which everybody has: for tests, whose results can then be
// written down.
inline constexpr char kSampleKeyPem[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
    "-----END PRIVATE KEY-----\n";  // TEST 1
inline constexpr char kOtherKeyPem[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n"
    "-----END PRIVATE KEY-----\n";  // TEST 2

SigningKey SampleKey();
SigningKey OtherKey();

}  // namespace probefarm
