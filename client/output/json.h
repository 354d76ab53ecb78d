#pragma once

#include <nlohmann/json.hpp>

#include "probefarm/v1/catalog.pb.h"
#include "probefarm/v1/jobs.pb.h"
#include "probefarm/v1/types.pb.h"

namespace probefarm {

// What `-o json` prints: snake_case keys, numbers as numbers, times in RFC 3339, keys without a
// value left out.
nlohmann::ordered_json ToJson(v1::Job const& job);
nlohmann::ordered_json ToJson(v1::PublishedProbe const& probe);
nlohmann::ordered_json ToJson(v1::Kernel const& kernel);
nlohmann::ordered_json ToJson(v1::Worker const& worker);
nlohmann::ordered_json ToJson(v1::GetStatusResponse const& status);
nlohmann::ordered_json ToJson(v1::BackfillResponse const& backfill);

// Two spaces of indentation; bytes that are not UTF-8 are replaced.
std::string Print(nlohmann::ordered_json const& json);

}  // namespace probefarm
