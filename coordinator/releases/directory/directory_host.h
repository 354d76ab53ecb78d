#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "coordinator/releases/directory/asset_digests.h"
#include "coordinator/releases/directory/directory_layout.h"
#include "coordinator/releases/directory/directory_upload.h"
#include "coordinator/releases/directory/upload_tokens.h"
#include "coordinator/releases/directory/upload_verdict.h"
#include "coordinator/releases/release_host.h"
#include "lib/runtime/clock.h"

namespace probefarm {

// What is below `root` is on one file system: uploads are linked from one folder into another.
struct DirectoryHostOptions {
  std::string root;        // made when it is missing
  std::string public_url;  // "http://host:port" of the coordinator, for grants and downloads
  absl::Duration upload_time = absl::Minutes(30);  // between grant and first byte
};

// Releases in a folder (see directory_layout.h), filled by PUT requests with one-use tokens and
// served by the coordinator. One process owns the folder. Thread-safe. An asset appears under its
// name whole or not at all, and no name is ever given to other bytes (I10): link(2) refuses one
// that is taken.
//
// Uploads come by the HTTP server, in its loop; the rest is called where ReleaseHost says.
class DirectoryHost final : public ReleaseHost {
 public:
  // Makes the folders and removes what interrupted uploads left. `clock` must outlive the host. An
  // error names the folder.
  static absl::StatusOr<std::unique_ptr<DirectoryHost>> Open(DirectoryHostOptions const& options,
                                                             Clock const* clock);

  // WaitUntil when another job has a grant for the name. FAILED_PRECONDITION when something that is
  // no file has it.
  absl::StatusOr<UploadAnswer> PrepareUpload(UploadIntent const& intent) override;
  UploadOutcome InterpretUpload(UploadIntent const& intent, UploadReport const& report) override;
  absl::StatusOr<HostedAsset> FindAsset(std::string const& tag,
                                        std::string const& asset_name) override;
  // Cheap for what has not changed since it was listed last.
  absl::StatusOr<std::vector<HostedAsset>> ListAssets() override;
  absl::Status WriteSideFile(ReleaseKey const& release, std::string const& name,
                             std::string const& content) override;
  absl::StatusOr<std::string> ReadSideFile(ReleaseKey const& release,
                                           std::string const& name) override;
  absl::Status WriteLogBundle(ReleaseKey const& release, std::string const& name,
                              std::string const& content) override;
  // To NOTES.md in the release's folder.
  absl::Status WriteNotes(ReleaseKey const& release, std::string const& notes) override;
  absl::StatusOr<std::string> DigestOf(HostedAsset const& asset) override;
  absl::StatusOr<std::vector<ReleaseKey>> ListIndexes() override;
  // Durable when it answers.
  absl::Status RemoveAsset(ReleaseKey const& release, std::string const& asset_name,
                           std::string const& sha256) override;
  // Makes and removes a file.
  std::vector<ReleaseRoom> Rooms() override { return {}; }
  absl::Status Check() override;

  // Begins the upload that `token` was granted for, or says at once why not. `content_length`: when
  // the client announced one. Does nothing slower than opening a file. The upload must not outlive
  // the host. The token is used up by this, whatever comes of it.
  std::variant<std::unique_ptr<DirectoryUpload>, UploadVerdict> BeginUpload(
      std::string const& token, std::optional<int64_t> content_length);

  // The file behind "<tag>/<file>" of a download URL, side files too; INVALID_ARGUMENT when it
  // cannot be one. Whether it is there is not asked.
  absl::StatusOr<std::string> DownloadPath(std::string const& tag_and_file) const;

 private:
  DirectoryHost(DirectoryHostOptions const& options, Clock const* clock);

  absl::StatusOr<UploadAnswer> Grant(UploadIntent const& intent, std::string const& asset_name);
  absl::StatusOr<HostedAsset> Describe(std::string const& tag, std::string const& asset_name);
  absl::StatusOr<std::string> TemporaryPath() const;

  absl::Duration const upload_time_;
  Clock const* const clock_;
  DirectoryLayout const layout_;
  UploadTokens tokens_;
  AssetDigests digests_;
};

}  // namespace probefarm
