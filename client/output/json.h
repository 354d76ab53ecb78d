#pragma once

#include <nlohmann/json.hpp>

#include "probefarm/v1/catalog.pb.h"
#include "probefarm/v1/jobs.pb.h"
#include "probefarm/v1/types.pb.h"

namespace probefarm {

// What `-o json` prints: snake_case keys in a fixed order, numbers as numbers, enumerations by
// their names (names.h), digests as 64 lower-case hexadecimal digits, sizes in bytes, times in RFC
// 3339 (UTC), keys without a value left out. A probe's parts stand flat beside the rest. Pure.
nlohmann::ordered_json ToJson(v1::Job const& job);
nlohmann::ordered_json ToJson(v1::PublishedProbe const& probe);
nlohmann::ordered_json ToJson(v1::WithdrawnProbe const& withdrawn);
nlohmann::ordered_json ToJson(v1::WithdrawProbeResponse const& response);
nlohmann::ordered_json ToJson(v1::Kernel const& kernel);
nlohmann::ordered_json ToJson(v1::Worker const& worker);
nlohmann::ordered_json ToJson(v1::GetStatusResponse const& status);
nlohmann::ordered_json ToJson(v1::BackfillResponse const& backfill);
nlohmann::ordered_json ToJson(v1::EnqueueAnswer const& answer);
nlohmann::ordered_json ToJson(v1::ExplainResponse const& explanation);
nlohmann::ordered_json ToJson(v1::GetReleasesResponse const& releases);

// Two spaces of indentation, a newline at the end; bytes that are not UTF-8 are replaced by U+FFFD.
std::string Print(nlohmann::ordered_json const& json);

}  // namespace probefarm
