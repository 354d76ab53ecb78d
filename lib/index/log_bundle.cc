#include "lib/index/log_bundle.h"

#include <zstd.h>

#include <array>
#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "lib/archive/archive_reader.h"
#include "lib/archive/tar_writer.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr int kLevel = 9;
constexpr int kMode = 0644;
// Thousands of empty logs are little but their headers.
constexpr double kLargestRatio = 100'000;

std::string EntryName(absl::string_view asset_name) { return absl::StrCat(asset_name, ".log"); }

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

absl::StatusOr<std::string> Pack(absl::string_view bytes) {
  std::unique_ptr<ZSTD_CCtx, FreeContext> const context(ZSTD_createCCtx());
  if (!context) return absl::ResourceExhaustedError("no memory for zstd");
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, kLevel);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  std::string packed(ZSTD_compressBound(bytes.size()), '\0');
  size_t const size =
      ZSTD_compress2(context.get(), packed.data(), packed.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(size) != 0)
    return absl::ResourceExhaustedError(
        absl::StrCat("pack a bundle of logs: ", ZSTD_getErrorName(size)));
  packed.resize(size);
  return packed;
}

absl::StatusOr<std::string> ReadEntry(ArchiveReader& reader) {
  std::string text;
  std::array<char, size_t{64} << 10> buffer;
  while (true) {
    ASSIGN_OR_RETURN(size_t const size, reader.Read(buffer.data(), buffer.size()));
    if (size == 0) return text;
    text.append(buffer.data(), size);
  }
}

}  // namespace

absl::StatusOr<std::string> RenderLogBundle(std::vector<NamedLog> const& logs) {
  std::string archive;
  TarWriter tar(
      [&archive](absl::string_view bytes) {
        if (static_cast<int64_t>(archive.size() + bytes.size()) > kLargestLogBundle)
          return absl::ResourceExhaustedError("these logs are too much for one bundle");
        absl::StrAppend(&archive, bytes);
        return absl::OkStatus();
      },
      0, 0);
  for (NamedLog const& log : logs)
    RETURN_IF_ERROR(tar.AddFile(EntryName(log.asset_name), kMode, log.text));
  RETURN_IF_ERROR(tar.Finish());
  return Pack(archive);
}

absl::StatusOr<std::string> LogInBundle(absl::string_view bundle, std::string const& asset_name) {
  ArchiveReader::Options options;
  options.limits.max_total_bytes = kLargestLogBundle;
  options.limits.max_ratio = kLargestRatio;
  ASSIGN_OR_RETURN(auto const reader,
                   ArchiveReader::OpenTarBytes(bundle, "bundle of logs", options));
  std::string const wanted = EntryName(asset_name);
  while (true) {
    ASSIGN_OR_RETURN(std::optional<ArchiveEntry> const entry, reader->Next());
    if (!entry) return absl::NotFoundError(absl::StrCat("the bundle holds no ", wanted));
    if (entry->path == wanted && entry->type == EntryType::kFile) return ReadEntry(*reader);
  }
}

}  // namespace probefarm
