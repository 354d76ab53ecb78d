#include "tests/testing/farm/builder_archive.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "lib/archive/tar_writer.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr char kManifest[] = R"([{"Config":"configuration.json","Layers":[]}])";
constexpr char kConfiguration[] =
    R"({"architecture":"amd64","config":{"Labels":{"io.probefarm.gcc":"12",)"
    R"("io.probefarm.toolchain":"gcc-12=bare"}}})";

}  // namespace

absl::Status WriteBareBuilder(std::string const& path) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  TarWriter tar(
      [&file](absl::string_view bytes) {
        file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        return absl::OkStatus();
      },
      0, 0);
  RETURN_IF_ERROR(tar.AddFile("manifest.json", 0644, kManifest));
  RETURN_IF_ERROR(tar.AddFile("configuration.json", 0644, kConfiguration));
  return tar.Finish();
}

absl::StatusOr<std::string> RealBuilder() {
  char const* const named =
      std::getenv("PROBEFARM_BUILDER_IMAGE");  // NOLINT(concurrency-mt-unsafe): one thread
  std::string path = named != nullptr ? named : SOURCE_ROOT "/build/builder-bookworm.tar";
  if (std::filesystem::is_regular_file(path)) return path;
  return absl::NotFoundError(absl::StrCat(
      path, " is not there: run scripts/builder-image, or name one in PROBEFARM_BUILDER_IMAGE"));
}

}  // namespace probefarm
