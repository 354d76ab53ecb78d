#include "coordinator/store/sqlite/row_filter.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "coordinator/store/sqlite/job_rows.h"
#include "lib/runtime/status_macros.h"
#include "re2/re2.h"

namespace probefarm {
namespace {

// The fields that both filters have.
template <class Filter>
absl::Status AddProbe(Filter const& filter, RowFilter& where) {
  if (!filter.driver_version.empty()) where.And("driver_version = ?", filter.driver_version);
  if (!filter.target.empty()) where.And("target = ?", filter.target);
  if (filter.kind) where.And("kind = ?", std::string(KindName(*filter.kind)));
  if (filter.arch) where.And("arch = ?", std::string(ArchName(*filter.arch)));
  if (filter.kernel_regex.empty()) return absl::OkStatus();
  RE2 const regex(filter.kernel_regex, RE2::Quiet);
  if (!regex.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("kernel_regex: ", regex.error()));
  }
  where.And("probefarm_matches(?, kernel_release)", filter.kernel_regex);
  return absl::OkStatus();
}

// The columns by which these states are found without a look at all jobs.
void AddStates(std::vector<JobState> const& states, RowFilter& where) {
  std::string const names = absl::StrJoin(states, ", ", [](auto* out, JobState state) {
    absl::StrAppend(out, "'", JobStateName(state), "'");
  });
  if (std::all_of(states.begin(), states.end(), IsFinal)) {
    where.And(absl::StrCat("outcome IN (", names, ")"));
    return;
  }
  where.And(absl::StrCat("state IN (", names, ")"));
  if (std::all_of(states.begin(), states.end(), IsActive)) {
    where.And(kIsActive).Through("jobs_active");
  } else if (std::none_of(states.begin(), states.end(), IsFinal)) {
    where.And("outcome IS NULL");
  }
}

}  // namespace

RowFilter& RowFilter::Through(absl::string_view index) {
  index_ = std::string(index);
  return *this;
}

RowFilter& RowFilter::And(absl::string_view condition) {
  absl::StrAppend(&sql_, " AND ", condition);
  return *this;
}

RowFilter& RowFilter::And(absl::string_view condition, std::string value) {
  values_.emplace_back(std::move(value));
  return And(condition);
}

RowFilter& RowFilter::And(absl::string_view condition, int64_t value) {
  values_.emplace_back(value);
  return And(condition);
}

void RowFilter::BindTo(Statement& statement) const {
  for (auto const& value : values_) {
    std::visit([&](auto const& bound) { statement.Bind(bound); }, value);
  }
}

absl::StatusOr<RowFilter> FilterOf(JobFilter const& filter) {
  RowFilter where;
  if (!filter.states.empty()) AddStates(filter.states, where);
  if (filter.backfill) {
    where.And("id IN (SELECT job FROM backfill_jobs WHERE backfill = ?)", *filter.backfill);
  }
  RETURN_IF_ERROR(AddProbe(filter, where));
  return where;
}

absl::StatusOr<RowFilter> FilterOf(AssetFilter const& filter) {
  RowFilter where;
  if (filter.repository) where.And("repository = ?", *filter.repository);
  if (!filter.tag.empty()) where.And("tag = ?", filter.tag);
  if (!filter.asset_name.empty()) {
    where.And("asset_name = ?", filter.asset_name);
    // So that the index on both finds it: there are few tags.
    if (filter.tag.empty()) where.And("tag IN (SELECT tag FROM releases)");
  }
  if (filter.presence) {
    where.And("present = ?", int64_t{*filter.presence == AssetPresence::kPresent});
  }
  RETURN_IF_ERROR(AddProbe(filter, where));
  return where;
}

}  // namespace probefarm
