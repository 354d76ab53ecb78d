#include "lib/archive/unpacker.h"

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

// The source itself is one, and an RPM's headers another.
int MostFilters(Unpacker::Format format) { return format == Unpacker::Format::kRpm ? 3 : 2; }

std::optional<std::string> FirstOf(char const* utf8, char const* bytes) {
  if (utf8 != nullptr) return utf8;
  if (bytes != nullptr) return bytes;
  return std::nullopt;
}

void Support(archive* handle, Unpacker::Format format) {
  if (format == Unpacker::Format::kAr) {
    archive_read_support_format_ar(handle);
    return;
  }
  archive_read_support_filter_gzip(handle);
  archive_read_support_filter_xz(handle);
  archive_read_support_filter_zstd(handle);
  if (format == Unpacker::Format::kTar) {
    archive_read_support_format_tar(handle);
  } else if (format == Unpacker::Format::kRpm) {
    archive_read_support_filter_rpm(handle);
    archive_read_support_format_cpio(handle);
  } else {
    archive_read_support_format_raw(handle);
    archive_read_support_format_empty(handle);
  }
}

}  // namespace

std::optional<std::string> EntryPath(archive_entry* entry) {
  return FirstOf(archive_entry_pathname_utf8(entry), archive_entry_pathname(entry));
}
std::optional<std::string> EntrySymlink(archive_entry* entry) {
  return FirstOf(archive_entry_symlink_utf8(entry), archive_entry_symlink(entry));
}
std::optional<std::string> EntryHardlink(archive_entry* entry) {
  return FirstOf(archive_entry_hardlink_utf8(entry), archive_entry_hardlink(entry));
}

absl::StatusOr<std::unique_ptr<Unpacker>> Unpacker::Open(std::unique_ptr<PackedSource> source,
                                                         Format format) {
  std::unique_ptr<Unpacker> unpacker(new Unpacker(std::move(source)));
  RETURN_IF_ERROR(unpacker->Start(format));
  return unpacker;
}

Unpacker::Unpacker(std::unique_ptr<PackedSource> source)
    : source_(std::move(source)), handle_(archive_read_new()) {}

absl::Status Unpacker::Start(Format format) {
  if (!handle_) return absl::ResourceExhaustedError("no memory for libarchive");
  Support(handle_.get(), format);
  auto const give = [](archive* /*handle*/, void* self, void const** piece) {
    return static_cast<Unpacker*>(self)->GivePacked(piece);
  };
  if (archive_read_open(handle_.get(), this, nullptr, give, nullptr) != ARCHIVE_OK) return Error();
  if (archive_filter_count(handle_.get()) > MostFilters(format))
    return absl::InvalidArgumentError("compressed more than once");
  return absl::OkStatus();
}

absl::StatusOr<archive_entry*> Unpacker::NextHeader() {
  archive_entry* entry = nullptr;
  int const result = archive_read_next_header(handle_.get(), &entry);
  if (result == ARCHIVE_EOF) return nullptr;
  if (result != ARCHIVE_OK && result != ARCHIVE_WARN) return Error();
  return entry;
}

absl::StatusOr<size_t> Unpacker::Read(char* buffer, size_t size) {
  la_ssize_t const got = archive_read_data(handle_.get(), buffer, size);
  if (got < 0) return Error();
  return static_cast<size_t>(got);
}

int64_t Unpacker::packed_bytes() const { return archive_filter_bytes(handle_.get(), -1); }
int64_t Unpacker::unpacked_bytes() const { return archive_filter_bytes(handle_.get(), 0); }

absl::Status Unpacker::Error() const {
  if (!source_error_.ok()) return source_error_;
  char const* const text = archive_error_string(handle_.get());
  std::string const message = text == nullptr ? "broken archive" : text;
  if (archive_errno(handle_.get()) == ENOMEM) return absl::ResourceExhaustedError(message);
  return absl::DataLossError(message);
}

ssize_t Unpacker::GivePacked(void const** piece) {
  absl::StatusOr<absl::string_view> const next = source_->Next();
  if (!next.ok()) {
    source_error_ = next.status();
    archive_set_error(handle_.get(), EIO, "%s", source_error_.ToString().c_str());
    return -1;
  }
  *piece = next->data();
  return static_cast<ssize_t>(next->size());
}

}  // namespace probefarm
