#include "coordinator/releases/adopter.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "coordinator/store/await.h"
#include "lib/driver/log_bundle_name.h"
#include "lib/index/side_file_names.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr size_t kMostDigests = 10'000;

ReleaseKey KeyOf(HostedAsset const& asset) { return {asset.repository, asset.tag}; }

using EntriesByName = std::map<std::string, IndexedProbe>;

// One that is none of ours tells nothing.
ReleaseIndex IndexIn(std::string const& text, ReleaseKey const& release) {
  absl::StatusOr<ReleaseIndex> index = ParseReleaseIndex(text);
  if (!index.ok() || index->tag != release.tag) {
    Log(LogLevel::kWarning, "the index of a release is not one that can be used",
        {{"release", Describe(release)},
         {"error",
          index.ok() ? absl::StrCat("it is of ", index->tag) : index.status().ToString()}});
    return {};
  }
  return *std::move(index);
}

EntriesByName EntriesIn(ReleaseIndex index) {
  EntriesByName entries;
  for (IndexedProbe& entry : index.probes) {
    std::string name = entry.asset_name;
    entries.insert_or_assign(std::move(name), std::move(entry));
  }
  return entries;
}

}  // namespace

void LeftAloneList::Add(HostedAsset const& held, std::string why) {
  ++total;
  if (first.size() < kKept) first.push_back({held, std::move(why)});
}

// One call of Adopt().
class Adopter::Pass {
 public:
  Pass(Adopter& adopter, std::vector<PublishedAsset> const& recorded)
      : adopter_(adopter), terms_(adopter.Terms()) {
    for (PublishedAsset const& asset : recorded) recorded_[{asset.tag, asset.asset_name}] = &asset;
  }

  absl::Status Take(HostedAsset const& held) {
    absl::StatusOr<EntriesByName> const& entries = EntriesOf(KeyOf(held));
    if (!entries.ok()) {
      result_.waiting.Add(held, std::string(entries.status().message()));
      return absl::OkStatus();
    }
    auto const entry = entries->find(held.asset_name);
    auto const recorded = recorded_.find({held.tag, held.asset_name});
    Recognition const recognition =
        Recognise(held, recorded == recorded_.end() ? nullptr : recorded->second,
                  entry == entries->end() ? nullptr : &entry->second, terms_);
    if (auto const* probe = std::get_if<RecognisedProbe>(&recognition)) return Take(held, *probe);
    if (auto const* not_yet = std::get_if<NotYetKnown>(&recognition)) {
      result_.waiting.Add(held, not_yet->why);
    } else if (auto const* disputed = std::get_if<DisputedAsset>(&recognition)) {
      result_.conflicts.Add(held, disputed->why);
    } else {
      result_.foreign.Add(held, std::get<ForeignFile>(recognition).why);
    }
    return absl::OkStatus();
  }

  AdoptionResult result() && { return std::move(result_); }

 private:
  absl::Status Take(HostedAsset held, RecognisedProbe const& probe) {
    if (held.sha256.empty()) {
      absl::StatusOr<std::string> digest = DigestOf(held);
      if (!digest.ok()) {
        result_.waiting.Add(held, std::string(digest.status().message()));
        return absl::OkStatus();
      }
      held.sha256 = *std::move(digest);
    }
    if (!probe.sha256.empty() && probe.sha256 != held.sha256) {
      result_.conflicts.Add(held, absl::StrCat("it was said to have sha256 ", probe.sha256));
      return absl::OkStatus();
    }
    return Record(held, probe);
  }

  absl::Status Record(HostedAsset const& held, RecognisedProbe const& probe) {
    absl::StatusOr<bool> const taken = Await<bool>([&](auto done) {
      adopter_.store_->Adopt(AdoptedAsset(held, probe, adopter_.clock_->Now()), std::move(done));
    });
    if (absl::IsAlreadyExists(taken.status())) {
      result_.conflicts.Add(held, std::string(taken.status().message()));
    } else if (absl::IsFailedPrecondition(taken.status())) {
      result_.waiting.Add(held, std::string(taken.status().message()));
    } else {
      RETURN_IF_ERROR(taken.status());
      result_.adopted += *taken ? 1 : 0;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> DigestOf(HostedAsset const& held) {
    if (std::optional<std::string> known = adopter_.KnownDigest(held)) return *std::move(known);
    if (downloads_ == adopter_.options_.most_downloads)
      return absl::UnavailableError("its digest is not known, and it is read at a later pass");
    ++downloads_;
    absl::StatusOr<std::string> digest = adopter_.host_->DigestOf(held);
    if (!digest.ok())
      Log(LogLevel::kWarning, "the digest of an asset cannot be computed",
          {{"asset", held.url}, {"error", digest.status().ToString()}});
    adopter_.KeepDigest(held, digest.value_or(""));
    return digest;
  }

  absl::StatusOr<EntriesByName> const& EntriesOf(ReleaseKey const& release) {
    auto const known = entries_.find(release);
    if (known != entries_.end()) return known->second;
    entries_.clear();  // assets come release by release: one index in memory is enough
    absl::StatusOr<std::string> const text = adopter_.host_->ReadSideFile(release, kIndexName);
    absl::StatusOr<EntriesByName> entries = EntriesByName();
    if (text.ok()) {
      entries = TakeIndex(IndexIn(*text, release), release);
    } else if (!absl::IsNotFound(text.status()) && !absl::IsResourceExhausted(text.status())) {
      entries = Annotate(text.status(), absl::StrCat("index of ", Describe(release)));
    }
    return entries_.emplace(release, std::move(entries)).first->second;
  }

  // Bundles come first: once its assets are known, nobody reads the index any more.
  absl::StatusOr<EntriesByName> TakeIndex(ReleaseIndex index, ReleaseKey const& release) {
    std::vector<LogBundle> bundles;
    for (IndexedBundle const& bundle : index.bundles)
      bundles.push_back({LogBundleNumber(bundle.name), bundle.sha256, bundle.size, true});
    if (!bundles.empty()) {
      RETURN_IF_ERROR(Await<bool>([&](auto done) {
                        adopter_.store_->AdoptLogBundles(release, std::move(bundles),
                                                         std::move(done));
                      }).status());
    }
    return EntriesIn(std::move(index));
  }

  Adopter& adopter_;
  AdoptionTerms const terms_;
  std::map<std::pair<std::string, std::string>, PublishedAsset const*> recorded_;  // tag, name
  std::map<ReleaseKey, absl::StatusOr<EntriesByName>> entries_;
  int downloads_ = 0;
  AdoptionResult result_;
};

Adopter::Adopter(Store* store, ReleaseHost* host, InventoryBoard const* inventory,
                 Clock const* clock, AdopterOptions options)
    : store_(store),
      host_(host),
      inventory_(inventory),
      clock_(clock),
      options_(std::move(options)) {}

absl::StatusOr<AdoptionResult> Adopter::Adopt(std::vector<HostedAsset> const& unrecorded,
                                              std::vector<PublishedAsset> const& recorded) {
  if (unrecorded.empty()) return AdoptionResult();
  std::vector<HostedAsset const*> order;
  order.reserve(unrecorded.size());
  for (HostedAsset const& held : unrecorded) order.push_back(&held);
  auto const place = [](HostedAsset const* held) {
    return std::tie(held->repository, held->tag, held->asset_name, held->url);
  };
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return place(a) < place(b); });
  std::string last_read;
  {
    MutexLock lock(mu_);
    last_read = last_read_;
  }
  auto const last =
      std::find_if(order.begin(), order.end(), [&](auto held) { return held->url == last_read; });
  if (last != order.end()) std::rotate(order.begin(), last + 1, order.end());
  Pass pass(*this, recorded);
  for (HostedAsset const* held : order) RETURN_IF_ERROR(pass.Take(*held));
  return std::move(pass).result();
}

AdoptionTerms Adopter::Terms() const {
  std::shared_ptr<Inventory const> const inventory = inventory_->Get();
  AdoptionTerms terms{.driver_name = options_.driver_name, .versions = {}, .names = {}};
  for (DriverState const& driver : inventory->drivers) terms.versions.push_back(driver.version);
  terms.names = NamesOf(terms.driver_name, terms.versions, AllKernels(*inventory));
  terms.names_complete =
      !inventory->drivers.empty() &&
      std::all_of(inventory->feeds.begin(), inventory->feeds.end(),
                  [](FeedState const& feed) { return feed.last_success.has_value(); });
  return terms;
}

std::optional<std::string> Adopter::KnownDigest(HostedAsset const& asset) const {
  MutexLock lock(mu_);
  auto const known = digests_.find({asset.url, asset.size});
  if (known == digests_.end()) return std::nullopt;
  return known->second;
}

void Adopter::KeepDigest(HostedAsset const& asset, std::string const& digest) {
  MutexLock lock(mu_);
  last_read_ = asset.url;
  if (digest.empty()) return;
  if (digests_.size() >= kMostDigests) digests_.clear();
  digests_[{asset.url, asset.size}] = digest;
}

}  // namespace probefarm
