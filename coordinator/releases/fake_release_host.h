#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "coordinator/releases/release_host.h"
#include "lib/runtime/clock.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

// A release host in memory that records what it is asked and fails when a test says so. Grants name
// "fake://upload/<n>"; Perform() is their HTTP. Thread-safe.
//
//   FakeReleaseHost host(&clock);
//   host.CloseGate(clock.Now() + absl::Minutes(5), "paced");  // PrepareUpload(): WaitUntil
//   host.CloseGate(absl::InfinitePast(), "");                 // PrepareUpload(): a grant
//   UploadReport const report = host.Perform(grant, bytes);   // as a worker does
class FakeReleaseHost final : public ReleaseHost {
 public:
  // `clock` must outlive the host.
  explicit FakeReleaseHost(Clock const* clock) : clock_(clock) {}

  absl::StatusOr<UploadAnswer> PrepareUpload(UploadIntent const& intent) override EXCLUDES(mu_);
  UploadOutcome InterpretUpload(UploadIntent const& intent, UploadReport const& report) override;
  absl::StatusOr<HostedAsset> FindAsset(std::string const& tag,
                                        std::string const& asset_name) override EXCLUDES(mu_);
  absl::StatusOr<std::vector<HostedAsset>> ListAssets() override EXCLUDES(mu_);
  absl::Status WriteSideFile(ReleaseKey const& release, std::string const& name,
                             std::string const& content) override EXCLUDES(mu_);
  absl::StatusOr<std::string> ReadSideFile(ReleaseKey const& release,
                                           std::string const& name) override EXCLUDES(mu_);
  absl::Status WriteLogBundle(ReleaseKey const& release, std::string const& name,
                              std::string const& content) override EXCLUDES(mu_);
  // Kept as the side file NOTES.md.
  absl::Status WriteNotes(ReleaseKey const& release, std::string const& notes) override
      EXCLUDES(mu_);
  absl::StatusOr<std::string> DigestOf(HostedAsset const& asset) override EXCLUDES(mu_);
  std::vector<ReleaseRoom> Rooms() override EXCLUDES(mu_);
  absl::StatusOr<std::vector<ReleaseKey>> ListIndexes() override EXCLUDES(mu_);
  absl::Status RemoveAsset(ReleaseKey const& release, std::string const& asset_name,
                           std::string const& sha256) override EXCLUDES(mu_);
  absl::Status Check() override EXCLUDES(mu_);

  // --- what a worker does

  // Sends `bytes` by the grant: 201, 409 when other bytes are there, 410 for a used or foreign
  // grant, or what FailUploads() says. A grant is used up by the attempt, whatever came of it.
  UploadReport Perform(UploadGrant const& grant, std::string const& bytes) EXCLUDES(mu_);

  // --- what happens behind the interface

  // Puts bytes in place of whatever is there.
  void Put(std::string const& tag, std::string const& name, std::string bytes) EXCLUDES(mu_);
  // As though somebody had deleted the asset.
  void Remove(std::string const& tag, std::string const& name) EXCLUDES(mu_);

  // As of an asset that is older than digests: listed without one from now on.
  void ForgetDigest(std::string const& tag, std::string const& name) EXCLUDES(mu_);

  // --- faults; each holds until it is taken back

  // PrepareUpload() answers WaitUntil{until, why}; absl::InfinitePast() opens the gate again.
  void CloseGate(absl::Time until, std::string why) EXCLUDES(mu_);
  // Rooms() answers this. Nothing is refused for it.
  void SetRooms(std::vector<ReleaseRoom> rooms) EXCLUDES(mu_);
  // Every StatusOr and Status is this one, unless it is OK.
  void FailWith(absl::Status status) EXCLUDES(mu_);
  // Writing a side file, a bundle or the notes of that name, in any release, is UNAVAILABLE; ""
  // ends it.
  void FailSideFile(std::string name) EXCLUDES(mu_);
  // ReadSideFile() and DigestOf() are UNAVAILABLE.
  void FailReading(bool fails) EXCLUDES(mu_);
  // RemoveAsset() is UNAVAILABLE; when it does so `late`, the asset is gone all the same.
  enum class RemovalFault { kNone, kRefused, kLate };
  void FailRemoval(RemovalFault fault) EXCLUDES(mu_);
  // Uploads are answered with this HTTP status and store nothing; 0 is no answer, nullopt ends it.
  void FailUploads(std::optional<int> http_status) EXCLUDES(mu_);

  // --- what was asked

  // Every PrepareUpload() in turn, those that failed too.
  std::vector<UploadIntent> prepared() const EXCLUDES(mu_);
  std::optional<std::string> SideFile(std::string const& tag, std::string const& name) const
      EXCLUDES(mu_);
  // How many calls of DigestOf() there were.
  int64_t digests_read() const EXCLUDES(mu_);
  // The bytes of an asset.
  std::optional<std::string> Asset(std::string const& tag, std::string const& name) const
      EXCLUDES(mu_);

 private:
  using Key = std::pair<std::string, std::string>;  // tag, name

  HostedAsset Describe(Key const& key, std::string const& bytes) const REQUIRES(mu_);
  UploadReport Store(Key const& key, std::string const& bytes) REQUIRES(mu_);

  Clock const* const clock_;
  mutable Mutex mu_;
  std::vector<ReleaseRoom> rooms_ GUARDED_BY(mu_);
  std::map<Key, std::string> assets_ GUARDED_BY(mu_);
  std::set<Key> without_digest_ GUARDED_BY(mu_);
  int64_t digests_read_ GUARDED_BY(mu_) = 0;
  std::map<Key, std::string> side_files_ GUARDED_BY(mu_);
  std::map<std::string, Key> grants_ GUARDED_BY(mu_);  // by URL
  std::vector<UploadIntent> prepared_ GUARDED_BY(mu_);
  absl::Time gate_closed_until_ GUARDED_BY(mu_) = absl::InfinitePast();
  std::string why_gate_is_closed_ GUARDED_BY(mu_);
  absl::Status failure_ GUARDED_BY(mu_);
  std::string failing_side_file_ GUARDED_BY(mu_);
  bool reading_fails_ GUARDED_BY(mu_) = false;
  RemovalFault removal_fault_ GUARDED_BY(mu_) = RemovalFault::kNone;
  std::optional<int> upload_failure_ GUARDED_BY(mu_);
};

}  // namespace probefarm
