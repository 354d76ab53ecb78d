#include "client/output/json.h"

#include <string>

#include "client/output/names.h"

namespace probefarm {
namespace {

using Json = nlohmann::ordered_json;

void Put(Json& json, char const* key, std::string const& value) {
  if (!value.empty()) json[key] = value;
}

void PutProbe(Json& json, v1::ProbeId const& probe) {
  json["driver_version"] = probe.driver_version();
  json["target"] = probe.target();
  json["kernel_release"] = probe.kernel_release();
  json["kernel_version"] = probe.kernel_version();
  json["arch"] = ArchName(probe.arch());
  json["kind"] = KindName(probe.kind());
}

void PutReason(Json& json, v1::Reason const& reason) {
  if (reason.code().empty()) return;
  json["reason"] = {{"code", reason.code()}, {"text", reason.text()}};
}

Json Counts(google::protobuf::RepeatedPtrField<v1::StateCount> const& counts) {
  Json json = Json::object();
  for (v1::StateCount const& count : counts) json[StateName(count.state())] = count.count();
  return json;
}

Json Summary(v1::ReleaseSummary const& summary) {
  Json json = Json::object();
  Put(json, "compared_at", TimeText(summary.compared_at()));
  Put(json, "error", summary.error());
  json["tampered"] = summary.tampered();
  json["conflicts"] = summary.conflicts();
  json["foreign"] = summary.foreign();
  json["waiting"] = summary.waiting();
  json["withdrawn"] = summary.withdrawn();
  return json;
}

Json Held(char const* finding, v1::HeldAsset const& asset) {
  Json json = {{"finding", finding}};
  Put(json, "repository", asset.repository());
  json["tag"] = asset.tag();
  json["asset_name"] = asset.asset_name();
  json["url"] = asset.url();
  Put(json, "held_sha256", asset.held().sha256());
  json["held_size"] = asset.held().size();
  if (asset.has_recorded()) {
    json["recorded_sha256"] = asset.recorded().sha256();
    json["recorded_size"] = asset.recorded().size();
  }
  Put(json, "why", asset.why());
  return json;
}

}  // namespace

Json ToJson(v1::Job const& job) {
  Json json;
  json["id"] = job.id();
  PutProbe(json, job.probe());
  json["file_name"] = job.file_name();
  json["state"] = StateName(job.state());
  Put(json, "phase", PhaseName(job.phase()));
  Put(json, "progress", job.progress());
  json["epoch"] = job.epoch();
  json["attempts"] = job.attempts();
  Put(json, "worker", job.worker());
  PutReason(json, job.reason());
  if (job.has_artifact()) {
    json["sha256"] = job.artifact().sha256();
    json["size"] = job.artifact().size();
  }
  Put(json, "not_before", TimeText(job.not_before()));
  Put(json, "created_at", TimeText(job.created_at()));
  Put(json, "updated_at", TimeText(job.updated_at()));
  return json;
}

Json ToJson(v1::EnqueueAnswer const& answer) {
  Json json;
  if (answer.job() != 0) {
    json["job"] = answer.job();
    json["joined"] = answer.joined();
  } else {
    json["refused"] = {{"code", answer.refused().code()}, {"text", answer.refused().text()}};
  }
  return json;
}

Json ToJson(v1::PublishedProbe const& probe) {
  Json json;
  json["file_name"] = probe.file_name();
  PutProbe(json, probe.probe());
  json["tag"] = probe.tag();
  json["asset_name"] = probe.asset_name();
  json["url"] = probe.url();
  json["sha256"] = probe.artifact().sha256();
  json["size"] = probe.artifact().size();
  json["job"] = probe.job();
  Put(json, "worker", probe.worker());
  Put(json, "built_at", TimeText(probe.built_at()));
  Put(json, "published_at", TimeText(probe.published_at()));
  json["missing"] = probe.missing();
  json["adopted"] = probe.adopted();
  return json;
}

Json ToJson(v1::WithdrawnProbe const& withdrawn) {
  v1::PublishedProbe const& probe = withdrawn.probe();
  Json json;
  json["file_name"] = probe.file_name();
  PutProbe(json, probe.probe());
  Put(json, "repository", withdrawn.repository());
  json["tag"] = probe.tag();
  json["asset_name"] = probe.asset_name();
  Put(json, "url", probe.url());
  json["sha256"] = probe.artifact().sha256();
  json["size"] = probe.artifact().size();
  if (probe.job() != 0) json["job"] = probe.job();
  Put(json, "published_at", TimeText(probe.published_at()));
  Put(json, "inputs", withdrawn.inputs());
  json["withdrawn_at"] = TimeText(withdrawn.withdrawn_at());
  json["reason"] = withdrawn.reason();
  json["removed"] = withdrawn.removed();
  return json;
}

Json ToJson(v1::WithdrawProbeResponse const& response) {
  Json json = ToJson(response.withdrawn());
  json["already"] = response.already();
  return json;
}

Json ToJson(v1::Kernel const& kernel) {
  Json json;
  json["target"] = kernel.target();
  json["release"] = kernel.release();
  json["version"] = kernel.version();
  json["arch"] = ArchName(kernel.arch());
  Put(json, "package_version", kernel.package_version());
  Put(json, "suite", kernel.suite());
  Put(json, "missing", kernel.missing());
  json["packages"] = Json::array();
  for (v1::KernelPackage const& package : kernel.packages()) {
    json["packages"].push_back(
        {{"name", package.name()},
         {"sha256", package.sha256()},
         {"size", package.size()},
         {"urls", std::vector<std::string>(package.urls().begin(), package.urls().end())}});
  }
  return json;
}

Json ToJson(v1::Worker const& worker) {
  Json json;
  json["id"] = worker.id();
  json["live"] = worker.live();
  json["draining"] = worker.draining();
  json["arch"] = ArchName(worker.capabilities().arch());
  Put(json, "engine", worker.capabilities().engine());
  for (auto const& [key, value] : worker.capabilities().labels()) json["labels"][key] = value;
  for (auto const& id : worker.capabilities().builders()) json["builders"].push_back(id);
  if (int64_t const free_disk = worker.capabilities().free_disk_bytes(); free_disk != 0)
    json["free_disk_bytes"] = free_disk;
  json["slots"] = worker.slots();
  json["free_slots"] = worker.free_slots();
  Put(json, "last_heartbeat", TimeText(worker.last_heartbeat()));
  json["leases"] = Json::array();
  for (v1::Job const& job : worker.leases()) json["leases"].push_back(ToJson(job));
  return json;
}

Json ToJson(v1::GetReleasesResponse const& releases) {
  Json json = Summary(releases.summary());
  json["assets"] = Json::array();
  auto const add = [&json](char const* finding, auto const& assets) {
    for (v1::HeldAsset const& asset : assets) json["assets"].push_back(Held(finding, asset));
  };
  add("tampered", releases.tampered());
  add("conflict", releases.conflicts());
  add("withdrawn", releases.withdrawn());
  add("foreign", releases.foreign());
  add("waiting", releases.waiting());
  return json;
}

Json ToJson(v1::GetStatusResponse const& status) {
  Json json;
  json["version"] = status.version();
  Put(json, "started_at", TimeText(status.started_at()));
  json["jobs"] = Counts(status.jobs());
  json["live_workers"] = status.live_workers();
  json["slots"] = status.slots();
  json["free_slots"] = status.free_slots();
  json["published"] = status.published();
  json["stale_releases"] = status.stale_releases();
  json["paused"] = status.paused();
  Put(json, "release_host_error", status.release_host_error());
  json["download_url"] = status.download_url();
  Put(json, "signing_key", status.signing_key());
  json["releases"] = Summary(status.releases());
  json["rooms"] = Json::array();
  for (v1::ReleaseRoom const& place : status.rooms()) {
    json["rooms"].push_back(
        {{"repository", place.repository()}, {"tag", place.tag()}, {"room", place.room()}});
  }
  json["feeds"] = Json::array();
  for (v1::FeedStatus const& feed : status.feeds()) {
    Json entry = {
        {"name", feed.name()}, {"kernels", feed.kernels()}, {"incomplete", feed.incomplete()}};
    Put(entry, "last_success", TimeText(feed.last_success()));
    Put(entry, "error", feed.error());
    json["feeds"].push_back(std::move(entry));
  }
  json["drivers"] = Json::array();
  for (v1::DriverStatus const& driver : status.drivers()) {
    Json entry = {{"version", driver.version()}};
    Put(entry, "error", driver.error());
    json["drivers"].push_back(std::move(entry));
  }
  return json;
}

Json ToJson(v1::BackfillResponse const& backfill) {
  Json json;
  json["backfill"] = backfill.backfill();
  json["enqueued"] = backfill.enqueued();
  json["joined"] = backfill.joined();
  json["already_published"] = backfill.already_published();
  json["known_to_fail"] = backfill.known_to_fail();
  json["excluded_total"] = backfill.excluded_total();
  json["excluded"] = Json::array();
  for (v1::ExcludedProbe const& excluded : backfill.excluded()) {
    Json entry;
    PutProbe(entry, excluded.probe());
    PutReason(entry, excluded.reason());
    json["excluded"].push_back(std::move(entry));
  }
  return json;
}

Json ToJson(v1::ExplainResponse const& explanation) {
  Json json = {{"job", ToJson(explanation.job())}, {"reasons", Json::array()}};
  for (v1::Reason const& reason : explanation.reasons())
    json["reasons"].push_back({{"code", reason.code()}, {"text", reason.text()}});
  return json;
}

std::string Print(Json const& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace probefarm
