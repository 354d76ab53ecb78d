#include "coordinator/releases/fake_release_host.h"

#include "absl/strings/str_cat.h"
#include "coordinator/releases/release_notes.h"
#include "lib/digest/sha256.h"
#include "lib/driver/asset_name.h"
#include "lib/driver/log_bundle_name.h"
#include "lib/index/side_file_names.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr absl::Duration kGrantHolds = absl::Minutes(30);

absl::Status CheckNames(std::string const& tag, std::string const& name) {
  for (absl::string_view const part : {absl::string_view(tag), absl::string_view(name)})
    if (part.empty() || part == "..")
      return absl::InvalidArgumentError(absl::StrCat("'", part, "' is no tag or name"));
  if (IsSideFileName(name))
    return absl::InvalidArgumentError(absl::StrCat("'", name, "' is a side file's name"));
  return CheckFileName(name);
}

template <class Map>
std::optional<std::string> Lookup(Map const& map, typename Map::key_type const& key) {
  auto const found = map.find(key);
  if (found == map.end()) return std::nullopt;
  return found->second;
}

}  // namespace

absl::StatusOr<UploadAnswer> FakeReleaseHost::PrepareUpload(UploadIntent const& intent) {
  Key const key(intent.tag, SanitizeAssetName(intent.file_name));
  RETURN_IF_ERROR(CheckNames(key.first, key.second));
  MutexLock lock(mu_);
  prepared_.push_back(intent);
  RETURN_IF_ERROR(failure_);
  if (clock_->Now() < gate_closed_until_) return WaitUntil{gate_closed_until_, why_gate_is_closed_};
  if (assets_.count(key) > 0) return AssetPresent{key.second};
  std::string url = absl::StrCat("fake://upload/", prepared_.size());
  grants_[url] = key;
  return UploadGrant{
      .method = "PUT", .url = std::move(url), .deadline = clock_->Now() + kGrantHolds};
}

UploadOutcome FakeReleaseHost::InterpretUpload(UploadIntent const& intent,
                                               UploadReport const& report) {
  std::string const why = absl::StrCat("fake host answered ", report.http_status);
  if (report.http_status == 201) return UploadAccepted{SanitizeAssetName(intent.file_name)};
  if (report.http_status == 409) return UploadRefused{why};
  if (report.http_status == 507) return WaitUntil{clock_->Now() + absl::Minutes(1), why};
  return UploadRetry{why};
}

absl::StatusOr<HostedAsset> FakeReleaseHost::FindAsset(std::string const& tag,
                                                       std::string const& asset_name) {
  MutexLock lock(mu_);
  RETURN_IF_ERROR(failure_);
  auto const found = assets_.find({tag, asset_name});
  if (found == assets_.end())
    return absl::NotFoundError(absl::StrCat("no asset ", tag, "/", asset_name));
  return Describe(found->first, found->second);
}

absl::StatusOr<std::vector<HostedAsset>> FakeReleaseHost::ListAssets() {
  MutexLock lock(mu_);
  RETURN_IF_ERROR(failure_);
  std::vector<HostedAsset> all;
  for (auto const& [key, bytes] : assets_) all.push_back(Describe(key, bytes));
  return all;
}

absl::Status FakeReleaseHost::WriteSideFile(ReleaseKey const& release, std::string const& name,
                                            std::string const& content) {
  MutexLock lock(mu_);
  RETURN_IF_ERROR(failure_);
  if (!IsSideFileName(name) || IsLogBundleName(name))
    return absl::InvalidArgumentError(absl::StrCat("'", name, "' is no side file's name"));
  if (name == failing_side_file_) return absl::UnavailableError("told to fail");
  side_files_[{release.tag, name}] = content;
  return absl::OkStatus();
}

absl::StatusOr<std::string> FakeReleaseHost::ReadSideFile(ReleaseKey const& release,
                                                          std::string const& name) {
  MutexLock lock(mu_);
  RETURN_IF_ERROR(failure_);
  if (!IsSideFileName(name))
    return absl::InvalidArgumentError(absl::StrCat("'", name, "' is no side file's name"));
  if (reading_fails_) return absl::UnavailableError("told to fail");
  std::optional<std::string> content = Lookup(side_files_, {release.tag, name});
  if (!content) return absl::NotFoundError(absl::StrCat("no side file ", release.tag, "/", name));
  return *std::move(content);
}

absl::Status FakeReleaseHost::WriteLogBundle(ReleaseKey const& release, std::string const& name,
                                             std::string const& content) {
  MutexLock lock(mu_);
  RETURN_IF_ERROR(failure_);
  if (!IsLogBundleName(name))
    return absl::InvalidArgumentError(absl::StrCat("'", name, "' is no bundle's name"));
  if (name == failing_side_file_) return absl::UnavailableError("told to fail");
  auto const [there, is_new] = side_files_.emplace(Key(release.tag, name), content);
  if (is_new || there->second == content) return absl::OkStatus();
  return absl::AlreadyExistsError(absl::StrCat(name, " holds other bytes"));
}

absl::Status FakeReleaseHost::WriteNotes(ReleaseKey const& release, std::string const& notes) {
  MutexLock lock(mu_);
  RETURN_IF_ERROR(failure_);
  if (failing_side_file_ == kNotesName) return absl::UnavailableError("told to fail");
  std::string& body = side_files_[{release.tag, kNotesName}];
  body = MergeNotes(body, notes).value_or(body);
  return absl::OkStatus();
}

absl::StatusOr<std::string> FakeReleaseHost::DigestOf(HostedAsset const& asset) {
  MutexLock lock(mu_);
  RETURN_IF_ERROR(failure_);
  ++digests_read_;
  if (reading_fails_) return absl::UnavailableError("told to fail");
  std::optional<std::string> const bytes = Lookup(assets_, {asset.tag, asset.asset_name});
  if (!bytes) return absl::NotFoundError(absl::StrCat("no asset ", asset.asset_name));
  if (static_cast<int64_t>(bytes->size()) != asset.size)
    return absl::UnavailableError(absl::StrCat(asset.asset_name, " has changed"));
  return Sha256Hex(*bytes);
}

std::vector<ReleaseRoom> FakeReleaseHost::Rooms() {
  MutexLock lock(mu_);
  return rooms_;
}

void FakeReleaseHost::SetRooms(std::vector<ReleaseRoom> rooms) {
  MutexLock lock(mu_);
  rooms_ = std::move(rooms);
}

absl::StatusOr<std::vector<ReleaseKey>> FakeReleaseHost::ListIndexes() {
  MutexLock lock(mu_);
  RETURN_IF_ERROR(failure_);
  std::vector<ReleaseKey> releases;
  for (auto const& [key, content] : side_files_) {
    if (key.second == kIndexName) releases.push_back({"", key.first});
  }
  return releases;
}

absl::Status FakeReleaseHost::RemoveAsset(ReleaseKey const& release, std::string const& asset_name,
                                          std::string const& sha256) {
  RETURN_IF_ERROR(CheckNames(release.tag, asset_name));
  MutexLock lock(mu_);
  RETURN_IF_ERROR(failure_);
  if (removal_fault_ == RemovalFault::kRefused) return absl::UnavailableError("told to fail");
  auto const found = assets_.find({release.tag, asset_name});
  if (found != assets_.end() && Sha256Hex(found->second) != sha256)
    return absl::FailedPreconditionError(
        absl::StrCat(asset_name, " has other bytes, sha256 ", Sha256Hex(found->second)));
  if (found != assets_.end()) assets_.erase(found);
  if (removal_fault_ == RemovalFault::kLate) return absl::UnavailableError("no answer came");
  return absl::OkStatus();
}

absl::Status FakeReleaseHost::Check() {
  MutexLock lock(mu_);
  return failure_;
}

UploadReport FakeReleaseHost::Perform(UploadGrant const& grant, std::string const& bytes) {
  MutexLock lock(mu_);
  auto const granted = grants_.extract(grant.url);
  if (granted.empty()) return {.http_status = 410, .body = "grant used or unknown"};
  if (upload_failure_) return {.http_status = *upload_failure_, .error = "told to fail"};
  return Store(granted.mapped(), bytes);
}

UploadReport FakeReleaseHost::Store(Key const& key, std::string const& bytes) {
  auto const [there, inserted] = assets_.emplace(key, bytes);
  bool const conflict = !inserted && there->second != bytes;
  return {.http_status = conflict ? 409 : 201};
}

void FakeReleaseHost::Put(std::string const& tag, std::string const& name, std::string bytes) {
  MutexLock lock(mu_);
  assets_[{tag, name}] = std::move(bytes);
}

void FakeReleaseHost::Remove(std::string const& tag, std::string const& name) {
  MutexLock lock(mu_);
  assets_.erase({tag, name});
}

void FakeReleaseHost::ForgetDigest(std::string const& tag, std::string const& name) {
  MutexLock lock(mu_);
  without_digest_.insert({tag, name});
}

int64_t FakeReleaseHost::digests_read() const {
  MutexLock lock(mu_);
  return digests_read_;
}

void FakeReleaseHost::CloseGate(absl::Time until, std::string why) {
  MutexLock lock(mu_);
  gate_closed_until_ = until;
  why_gate_is_closed_ = std::move(why);
}

void FakeReleaseHost::FailWith(absl::Status status) {
  MutexLock lock(mu_);
  failure_ = std::move(status);
}

void FakeReleaseHost::FailSideFile(std::string name) {
  MutexLock lock(mu_);
  failing_side_file_ = std::move(name);
}

void FakeReleaseHost::FailReading(bool fails) {
  MutexLock lock(mu_);
  reading_fails_ = fails;
}

void FakeReleaseHost::FailRemoval(RemovalFault fault) {
  MutexLock lock(mu_);
  removal_fault_ = fault;
}

void FakeReleaseHost::FailUploads(std::optional<int> http_status) {
  MutexLock lock(mu_);
  upload_failure_ = http_status;
}

std::vector<UploadIntent> FakeReleaseHost::prepared() const {
  MutexLock lock(mu_);
  return prepared_;
}

std::optional<std::string> FakeReleaseHost::SideFile(std::string const& tag,
                                                     std::string const& name) const {
  MutexLock lock(mu_);
  return Lookup(side_files_, {tag, name});
}

std::optional<std::string> FakeReleaseHost::Asset(std::string const& tag,
                                                  std::string const& name) const {
  MutexLock lock(mu_);
  return Lookup(assets_, {tag, name});
}

HostedAsset FakeReleaseHost::Describe(Key const& key, std::string const& bytes) const {
  return {.tag = key.first,
          .asset_name = key.second,
          .url = absl::StrCat("fake://download/", key.first, "/", EncodeUrlPath(key.second)),
          .sha256 = without_digest_.contains(key) ? "" : Sha256Hex(bytes),
          .size = static_cast<int64_t>(bytes.size())};
}

}  // namespace probefarm
