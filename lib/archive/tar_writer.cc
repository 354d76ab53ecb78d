#include "lib/archive/tar_writer.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr size_t kPieceBytes = size_t{64} << 10;

struct FreeEntry {
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};
using EntryHandle = std::unique_ptr<archive_entry, FreeEntry>;

struct FreeArchive {
  void operator()(archive* handle) const { archive_write_free(handle); }
};

unsigned FileTypeOf(EntryType type) {
  switch (type) {
    case EntryType::kDirectory:
      return AE_IFDIR;
    case EntryType::kSymlink:
      return AE_IFLNK;
    default:
      return AE_IFREG;
  }
}

}  // namespace

struct TarWriter::Impl {
  Impl(Sink sink, int uid, int gid)
      : sink(std::move(sink)), uid(uid), gid(gid), handle(archive_write_new()) {}

  // Freeing writes the end of the archive, which is for Finish() alone.
  ~Impl() { sink_error = absl::CancelledError("not finished"); }

  void Open();
  la_ssize_t Take(absl::string_view bytes);
  absl::Status Header(ArchiveEntry const& entry, std::string const& path);
  absl::Status Content(absl::string_view bytes);
  absl::Status ContentOf(ArchiveEntry const& entry, ArchiveReader& reader);
  absl::Status Close();
  absl::Status Check(la_ssize_t result);
  // Runs one step of the writing, unless an earlier one failed.
  template <class Step>
  absl::Status Do(absl::string_view doing, Step step);

  Sink const sink;
  int const uid;
  int const gid;
  absl::Status sink_error;
  absl::Status failure;
  int64_t content_bytes = 0;
  std::unique_ptr<archive, FreeArchive> handle;
};

void TarWriter::Impl::Open() {
  if (!handle) {
    failure = absl::ResourceExhaustedError("no memory for libarchive");
    return;
  }
  archive_write_set_format_pax_restricted(handle.get());
  archive_write_set_bytes_per_block(handle.get(), kPieceBytes);
  archive_write_set_bytes_in_last_block(handle.get(), 1);
  auto const take = [](archive* /*handle*/, void* self, void const* bytes, size_t size) {
    return static_cast<Impl*>(self)->Take({static_cast<char const*>(bytes), size});
  };
  failure = Check(archive_write_open(handle.get(), this, nullptr, take, nullptr));
}

// libarchive leaks when a write fails. So it is told that all is well, and Check() that it is not.
la_ssize_t TarWriter::Impl::Take(absl::string_view bytes) {
  if (sink_error.ok()) sink_error = sink(bytes);
  return static_cast<la_ssize_t>(bytes.size());
}

absl::Status TarWriter::Impl::Check(la_ssize_t result) {
  if (!sink_error.ok()) return sink_error;
  if (result >= 0 || result == ARCHIVE_WARN) return absl::OkStatus();
  char const* const text = archive_error_string(handle.get());
  return absl::InvalidArgumentError(text == nullptr ? "libarchive refuses" : text);
}

template <class Step>
absl::Status TarWriter::Impl::Do(absl::string_view doing, Step step) {
  if (failure.ok()) failure = Annotate(step(), doing);
  return failure;
}

absl::Status TarWriter::Impl::Header(ArchiveEntry const& entry, std::string const& path) {
  EntryHandle const header(archive_entry_new());
  if (!header) return absl::ResourceExhaustedError("no memory for an entry");
  archive_entry_set_pathname(header.get(), path.c_str());
  archive_entry_set_filetype(header.get(), FileTypeOf(entry.type));
  archive_entry_set_perm(header.get(), static_cast<mode_t>(entry.mode));
  archive_entry_set_uid(header.get(), uid);
  archive_entry_set_gid(header.get(), gid);
  archive_entry_set_mtime(header.get(), absl::ToTimeT(entry.mtime), 0);
  archive_entry_set_size(header.get(), entry.type == EntryType::kFile ? entry.size : 0);
  if (entry.type == EntryType::kSymlink)
    archive_entry_set_symlink(header.get(), entry.link_target.c_str());
  if (entry.type == EntryType::kHardlink)
    archive_entry_set_hardlink(header.get(), entry.link_target.c_str());
  return Check(archive_write_header(handle.get(), header.get()));
}

absl::Status TarWriter::Impl::Content(absl::string_view bytes) {
  if (bytes.empty()) return absl::OkStatus();
  content_bytes += static_cast<int64_t>(bytes.size());
  return Check(archive_write_data(handle.get(), bytes.data(), bytes.size()));
}

absl::Status TarWriter::Impl::ContentOf(ArchiveEntry const& entry, ArchiveReader& reader) {
  std::vector<char> piece(kPieceBytes);
  for (int64_t left = entry.size; left > 0;) {
    size_t const wanted = std::min(piece.size(), static_cast<size_t>(left));
    ASSIGN_OR_RETURN(size_t const got, reader.Read(piece.data(), wanted));
    if (got == 0)
      return absl::DataLossError(absl::StrCat("its content ends ", left, " bytes early"));
    RETURN_IF_ERROR(Content({piece.data(), got}));
    left -= static_cast<int64_t>(got);
  }
  return absl::OkStatus();
}

absl::Status TarWriter::Impl::Close() { return Check(archive_write_close(handle.get())); }

TarWriter::TarWriter(Sink sink, int uid, int gid)
    : impl_(std::make_unique<Impl>(std::move(sink), uid, gid)) {
  impl_->Open();
}

TarWriter::~TarWriter() = default;

absl::Status TarWriter::AddDirectory(std::string const& path, int mode) {
  ArchiveEntry entry;
  entry.type = EntryType::kDirectory;
  entry.mode = mode;
  entry.mtime = absl::UnixEpoch();
  return impl_->Do(absl::StrCat("write ", path), [&] { return impl_->Header(entry, path); });
}

absl::Status TarWriter::AddFile(std::string const& path, int mode, absl::string_view content) {
  ArchiveEntry entry;
  entry.mode = mode;
  entry.size = static_cast<int64_t>(content.size());
  entry.mtime = absl::UnixEpoch();
  return impl_->Do(absl::StrCat("write ", path), [&] {
    absl::Status const header = impl_->Header(entry, path);
    return header.ok() ? impl_->Content(content) : header;
  });
}

absl::Status TarWriter::CopyEntry(ArchiveEntry const& entry, std::string const& path,
                                  ArchiveReader& reader) {
  return impl_->Do(absl::StrCat("write ", path), [&] {
    absl::Status const header = impl_->Header(entry, path);
    bool const file = entry.type == EntryType::kFile;
    return header.ok() && file ? impl_->ContentOf(entry, reader) : header;
  });
}

int64_t TarWriter::content_bytes() const { return impl_->content_bytes; }

absl::Status TarWriter::Finish() {
  return impl_->Do("end the archive", [this] { return impl_->Close(); });
}

}  // namespace probefarm
