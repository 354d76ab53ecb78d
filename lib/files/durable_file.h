#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// Writing so that what was answered OK is there after a power cut. Every error names the operation
// and the path; a full disk or an exceeded quota is RESOURCE_EXHAUSTED.
namespace probefarm {

// The status of an errno that a file operation left: absl's, and a file too big for its file
// system is RESOURCE_EXHAUSTED too.
absl::Status FileError(int error_number, absl::string_view operation, absl::string_view path);

// write(2) until all is written, at the descriptor's position. `path` is for messages. After an
// error a part may be written.
absl::Status WriteAll(int fd, absl::string_view bytes, absl::string_view path);

// fsync(2) of a file. After an error the bytes may be lost even if a second call is OK: the kernel
// reports it once.
absl::Status SyncFile(int fd, absl::string_view path);

// The folder that a path leads into; "." for a bare name. Pure.
std::string FolderOf(std::string const& path);

// fsync(2) of a folder: makes names that were added, renamed or removed in it durable. NOT_FOUND
// for an empty path: the present folder is ".".
absl::Status SyncFolder(std::string const& path);

// What can be written to the file system of a folder without root's reserve, in bytes. NOT_FOUND
// when there is no such folder.
absl::StatusOr<int64_t> FreeBytes(std::string const& folder);

// Makes the folder and those above it (0755, less the umask); names that it makes are durable. A
// folder that is there already is OK. Several may make the same at the same time.
absl::Status MakeFolders(std::string const& path);

// Puts `content` in place of whatever is at `path`, so that a reader sees the old or the new, and
// after a power cut too. Goes by way of `temporary`, which must be on the same file system and is
// gone afterwards; two that write to one path at a time need two of them. `path` names its folder:
// "./state", not "state". When only the last step, the folder's fsync, fails, the new is there.
absl::Status ReplaceFile(std::string const& path, std::string const& temporary,
                         absl::string_view content);

}  // namespace probefarm
