#include "coordinator/store/log_packing.h"

#include <zstd.h>

#include "absl/strings/str_cat.h"

namespace probefarm {
namespace {

constexpr int kLevel = 3;
// A piece is one message at most: more is a damaged row, not a reason to ask for its memory.
constexpr int64_t kMaxPiece = int64_t{64} << 20;

}  // namespace

LogPiece PackLog(absl::string_view bytes) {
  std::string packed(ZSTD_compressBound(bytes.size()), '\0');
  size_t const size =
      ZSTD_compress(packed.data(), packed.size(), bytes.data(), bytes.size(), kLevel);
  if (ZSTD_isError(size) != 0 || size >= bytes.size()) return {std::string(bytes), std::nullopt};
  packed.resize(size);
  return {std::move(packed), static_cast<int64_t>(bytes.size())};
}

absl::StatusOr<std::string> UnpackLog(absl::string_view bytes, std::optional<int64_t> size) {
  if (!size) return std::string(bytes);
  if (*size < 0 || *size > kMaxPiece)
    return absl::DataLossError(absl::StrCat("a log's piece of ", *size, " bytes"));
  std::string log(static_cast<size_t>(*size), '\0');
  size_t const got = ZSTD_decompress(log.data(), log.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(got) != 0 || got != log.size())
    return absl::DataLossError("a log's piece cannot be decompressed");
  return log;
}

}  // namespace probefarm
