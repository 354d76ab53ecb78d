#include "coordinator/api/releases_call.h"

#include "coordinator/api/wire.h"

namespace probefarm {
namespace {

void Fill(HostedAsset const& held, v1::HeldAsset& wire) {
  wire.set_repository(held.repository);
  wire.set_tag(held.tag);
  wire.set_asset_name(held.asset_name);
  wire.set_url(held.url);
  wire.mutable_held()->set_sha256(held.sha256);
  wire.mutable_held()->set_size(held.size);
}

void Fill(LeftAloneList const& list, google::protobuf::RepeatedPtrField<v1::HeldAsset>& wire) {
  for (LeftAlone const& asset : list.first) {
    v1::HeldAsset& entry = *wire.Add();
    Fill(asset.held, entry);
    entry.set_why(asset.why);
  }
}

}  // namespace

v1::ReleaseSummary SummaryOf(ReconcileReport const& report) {
  v1::ReleaseSummary summary;
  if (report.at != absl::InfinitePast()) *summary.mutable_compared_at() = ToWire(report.at);
  summary.set_error(std::string(report.status.message()));
  summary.set_tampered(static_cast<int64_t>(report.tampered.size()));
  summary.set_conflicts(report.adoption.conflicts.total);
  summary.set_foreign(report.adoption.foreign.total);
  summary.set_waiting(report.adoption.waiting.total);
  summary.set_withdrawn(report.withdrawn.total);
  return summary;
}

v1::GetReleasesResponse ToWire(ReconcileReport const& report) {
  v1::GetReleasesResponse wire;
  *wire.mutable_summary() = SummaryOf(report);
  for (TamperedAsset const& asset : report.tampered) {
    if (wire.tampered_size() == static_cast<int>(LeftAloneList::kKept)) break;
    v1::HeldAsset& entry = *wire.add_tampered();
    Fill(asset.held, entry);
    entry.mutable_recorded()->set_sha256(asset.recorded.sha256);
    entry.mutable_recorded()->set_size(asset.recorded.size);
  }
  Fill(report.adoption.conflicts, *wire.mutable_conflicts());
  Fill(report.adoption.foreign, *wire.mutable_foreign());
  Fill(report.adoption.waiting, *wire.mutable_waiting());
  Fill(report.withdrawn, *wire.mutable_withdrawn());
  return wire;
}

}  // namespace probefarm
