#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/files/unique_fd.h"

namespace probefarm {

// A file that comes into being whole or not at all: written under a unique name beside its
// destination, removed unless Commit() succeeds. Errors name the file: RESOURCE_EXHAUSTED for a
// full disk, a quota or a file size limit, otherwise UNAVAILABLE, so that a missing folder is not
// taken for a missing download. Not thread-safe; several writers of one destination do not disturb
// each other, the last one wins.
//
//   ASSIGN_OR_RETURN(auto const file, NewFile::Create("/cache/index"));
//   RETURN_IF_ERROR(file->Write(bytes));
//   return file->Commit();
class NewFile {
 public:
  // Makes "<destination>.<six characters>". The folder must be there.
  static absl::StatusOr<std::unique_ptr<NewFile>> Create(std::string destination);
  ~NewFile();

  NewFile(NewFile const&) = delete;
  NewFile& operator=(NewFile const&) = delete;

  // Appends. After an error the file is good for nothing but destruction.
  absl::Status Write(absl::string_view bytes);
  // Forgets what was written.
  absl::Status Restart();
  // Brings the bytes to disk, makes the file readable by all (0644), gives it its name, then brings
  // that to disk. Once. When only the last step fails, the file is there, whole, but may be gone
  // after a power cut.
  absl::Status Commit();

 private:
  NewFile(std::string destination, std::string temporary, UniqueFd fd);

  absl::Status Publish();

  std::string const destination_;
  std::string const temporary_;
  UniqueFd const fd_;
  bool committed_ = false;
};

}  // namespace probefarm
