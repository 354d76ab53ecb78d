#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

// Writing so that what was answered OK is there after a power cut. Every error names the operation
// and the path; a full disk or an exceeded quota is RESOURCE_EXHAUSTED.
namespace probefarm {

// The status of an errno that a file operation left: absl's, and a file too big for its file
// system is RESOURCE_EXHAUSTED too.
absl::Status FileError(int error_number, absl::string_view operation, absl::string_view path);

// write(2) until all is written. `path` is for messages.
absl::Status WriteAll(int fd, absl::string_view bytes, absl::string_view path);

// fsync(2) of a file.
absl::Status SyncFile(int fd, absl::string_view path);

// fsync(2) of a folder: makes names that were added, renamed or removed in it durable.
absl::Status SyncFolder(std::string const& path);

// Makes the folder and those above it; names that it makes are durable.
absl::Status MakeFolders(std::string const& path);

// Puts `content` in place of whatever is at `path`, so that a reader sees the old or the new.
// Goes by way of `temporary`, which must be on the same file system and is gone afterwards.
absl::Status ReplaceFile(std::string const& path, std::string const& temporary,
                         absl::string_view content);

}  // namespace probefarm
