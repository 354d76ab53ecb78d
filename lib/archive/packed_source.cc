#include "lib/archive/packed_source.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "lib/archive/unpacker.h"
#include "lib/files/durable_file.h"
#include "lib/files/unique_fd.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr size_t kPieceBytes = size_t{64} << 10;

class PackedFile final : public PackedSource {
 public:
  PackedFile(std::string path, UniqueFd fd)
      : path_(std::move(path)), fd_(std::move(fd)), piece_(kPieceBytes) {}

  absl::StatusOr<absl::string_view> Next() override {
    while (true) {
      ssize_t const got = read(fd_.get(), piece_.data(), piece_.size());
      if (got >= 0) return absl::string_view(piece_.data(), static_cast<size_t>(got));
      if (errno != EINTR) return FileError(errno, "read", path_);
    }
  }

 private:
  std::string const path_;
  UniqueFd const fd_;
  std::vector<char> piece_;
};

class DebData final : public PackedSource {
 public:
  explicit DebData(std::unique_ptr<Unpacker> ar) : ar_(std::move(ar)), piece_(kPieceBytes) {}

  absl::StatusOr<absl::string_view> Next() override {
    ASSIGN_OR_RETURN(size_t const got, ar_->Read(piece_.data(), piece_.size()));
    return absl::string_view(piece_.data(), got);
  }

 private:
  std::unique_ptr<Unpacker> const ar_;
  std::vector<char> piece_;
};

absl::Status SeekData(Unpacker& ar) {
  while (true) {
    ASSIGN_OR_RETURN(archive_entry* const member, ar.NextHeader());
    if (member == nullptr)
      return absl::InvalidArgumentError("holds no data.tar member: not a Debian package");
    std::optional<std::string> const name = EntryPath(member);
    if (name && absl::StartsWith(*name, "data.tar")) return absl::OkStatus();
  }
}

class BytesInMemory final : public PackedSource {
 public:
  explicit BytesInMemory(absl::string_view bytes) : left_(bytes) {}

  absl::StatusOr<absl::string_view> Next() override {
    absl::string_view const piece = left_.substr(0, kPieceBytes);
    left_.remove_prefix(piece.size());
    return piece;
  }

 private:
  absl::string_view left_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<PackedSource>> OpenPackedFile(std::string const& path) {
  ASSIGN_OR_RETURN(UniqueFd fd, OpenFile(path, O_RDONLY));
  return std::make_unique<PackedFile>(path, std::move(fd));
}

std::unique_ptr<PackedSource> PackedBytes(absl::string_view bytes) {
  return std::make_unique<BytesInMemory>(bytes);
}

absl::StatusOr<std::unique_ptr<PackedSource>> OpenDebData(std::string const& path) {
  ASSIGN_OR_RETURN(std::unique_ptr<PackedSource> file, OpenPackedFile(path));
  ASSIGN_OR_RETURN(std::unique_ptr<Unpacker> ar,
                   Unpacker::Open(std::move(file), Unpacker::Format::kAr));
  RETURN_IF_ERROR(SeekData(*ar));
  return std::make_unique<DebData>(std::move(ar));
}

}  // namespace probefarm
