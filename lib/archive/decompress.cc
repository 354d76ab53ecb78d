#include "lib/archive/decompress.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/archive/packed_source.h"
#include "lib/archive/unpacker.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr size_t kPieceBytes = size_t{64} << 10;

absl::Status Pour(Unpacker& unpacker, int64_t max_bytes,
                  std::function<absl::Status(absl::string_view)> const& sink) {
  std::vector<char> piece(kPieceBytes);
  int64_t poured = 0;
  while (true) {
    ASSIGN_OR_RETURN(size_t const got, unpacker.Read(piece.data(), piece.size()));
    if (got == 0) return absl::OkStatus();
    poured += static_cast<int64_t>(got);
    if (poured > max_bytes)
      return absl::ResourceExhaustedError(
          absl::StrCat("unpacks to more than the ", max_bytes, " bytes allowed"));
    RETURN_IF_ERROR(sink({piece.data(), got}));
  }
}

absl::Status Decompress(std::string const& path, int64_t max_bytes,
                        std::function<absl::Status(absl::string_view)> const& sink) {
  ASSIGN_OR_RETURN(std::unique_ptr<PackedSource> file, OpenPackedFile(path));
  ASSIGN_OR_RETURN(std::unique_ptr<Unpacker> const unpacker,
                   Unpacker::Open(std::move(file), Unpacker::Format::kRaw));
  ASSIGN_OR_RETURN(archive_entry* const content, unpacker->NextHeader());
  return content == nullptr ? absl::OkStatus() : Pour(*unpacker, max_bytes, sink);
}

}  // namespace

absl::Status DecompressFile(std::string const& path, int64_t max_bytes,
                            std::function<absl::Status(absl::string_view)> const& sink) {
  return Annotate(Decompress(path, max_bytes, sink), absl::StrCat("decompress ", path));
}

}  // namespace probefarm
