#pragma once

#include <nlohmann/json.hpp>
#include <ostream>
#include <string>

#include "client/releases/probe_verification.h"

namespace probefarm {

// What was verified, for people: a line for each thing that holds, then what the provenance says.
// `bytes` are what the digest is of: a path or a URL. What is not printable is escaped.
void PrintVerified(VerifiedProbe const& verified, std::string const& bytes, std::ostream& out);

// The same for programs. Keys as in output/json.h.
nlohmann::ordered_json ToJson(VerifiedProbe const& verified);

}  // namespace probefarm
