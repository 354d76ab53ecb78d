#include "worker/build/scoped_file.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "lib/runtime/log.h"

namespace probefarm {

ScopedFile::ScopedFile(std::string path) : path_(std::move(path)) {}

ScopedFile::~ScopedFile() {
  if (keep_) return;
  std::error_code error;
  std::filesystem::remove(path_, error);
  if (error) {
    Log(LogLevel::kWarning, "file is left over", {{"path", path_}, {"error", error.message()}});
  }
}

}  // namespace probefarm
