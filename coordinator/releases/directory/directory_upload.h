#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "coordinator/releases/directory/asset_digests.h"
#include "coordinator/releases/directory/directory_layout.h"
#include "coordinator/releases/directory/upload_tokens.h"
#include "coordinator/releases/directory/upload_verdict.h"
#include "lib/digest/sha256.h"
#include "lib/files/unique_fd.h"

namespace probefarm {

// One upload on its way into the directory: the bytes go to a file in the incoming folder and are
// hashed on the way; only when size and digest are those that were announced does the file get its
// name, by a link(2) that replaces nothing. Destroyed unfinished: nothing is left. Not thread-safe.
//
//   ASSIGN_OR_RETURN(auto upload, DirectoryUpload::Start(layout, digests, std::move(pending)));
//   while (…) if (auto verdict = upload->Write(piece)) return *verdict;
//   return upload->Finish();
class DirectoryUpload {
 public:
  // Takes room for the whole file: RESOURCE_EXHAUSTED before any byte is sent when there is none.
  // `layout` and `digests` must outlive it.
  static absl::StatusOr<std::unique_ptr<DirectoryUpload>> Start(DirectoryLayout const& layout,
                                                                AssetDigests& digests,
                                                                PendingUpload pending);
  ~DirectoryUpload();

  DirectoryUpload(DirectoryUpload const&) = delete;
  DirectoryUpload& operator=(DirectoryUpload const&) = delete;

  // A verdict ends the upload: more bytes than announced, or a full disk. Blocks for a write to a
  // local file, no longer.
  std::optional<UploadVerdict> Write(absl::string_view piece);

  // All bytes are there. Synced to disk, name included, before it answers 201. Blocks for the sync.
  // Where the name is taken meanwhile: 200 for the same bytes, 409 for others. Once.
  UploadVerdict Finish();

 private:
  DirectoryUpload(DirectoryLayout const& layout, AssetDigests& digests, PendingUpload pending,
                  std::string path, UniqueFd fd);

  absl::StatusOr<UploadVerdict> Store();
  // What stands under the name decides.
  absl::StatusOr<UploadVerdict> CompareWithHolder() const;
  // Logs, and tells the client as much as it may know.
  UploadVerdict Trouble(absl::Status const& status) const;
  HostedAsset Asset() const;

  DirectoryLayout const& layout_;
  AssetDigests& digests_;
  PendingUpload const pending_;
  std::string const path_;
  UniqueFd fd_;
  Sha256 hash_;
  int64_t written_ = 0;
};

}  // namespace probefarm
