#include "worker/engine/fake_tree.h"

#include <archive.h>
#include <archive_entry.h>

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

struct FreeReader {
  void operator()(archive* reader) const { archive_read_free(reader); }
};
struct FreeWriter {
  void operator()(archive* writer) const { archive_write_free(writer); }
};
struct FreeEntry {
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

absl::Status Failed(absl::string_view doing, archive* handle) {
  char const* reason = archive_error_string(handle);
  return absl::InvalidArgumentError(
      absl::StrCat(doing, ": ", reason == nullptr ? "unknown reason" : reason));
}

std::string TreePath(absl::string_view path) {
  while (absl::ConsumePrefix(&path, "./") || absl::ConsumePrefix(&path, "/")) {
  }
  while (absl::ConsumeSuffix(&path, "/")) {
  }
  return std::string(path);
}

absl::StatusOr<std::string> ReadContent(archive* reader) {
  std::string content;
  std::vector<char> buffer(64 << 10);
  while (true) {
    la_ssize_t const got = archive_read_data(reader, buffer.data(), buffer.size());
    if (got < 0) return Failed("read tar", reader);
    if (got == 0) return content;
    content.append(buffer.data(), static_cast<size_t>(got));
  }
}

absl::StatusOr<FakeFile> ReadEntry(archive* reader, archive_entry* entry, FakeTree const& tree) {
  if (char const* target = archive_entry_hardlink(entry); target != nullptr) {
    auto const found = tree.find(TreePath(target));
    if (found != tree.end()) return found->second;
    return absl::InvalidArgumentError(absl::StrCat("read tar: hard link to missing ", target));
  }
  FakeFile file;
  file.mode = static_cast<int>(archive_entry_perm(entry));
  file.uid = static_cast<int>(archive_entry_uid(entry));
  file.gid = static_cast<int>(archive_entry_gid(entry));
  if (archive_entry_filetype(entry) == AE_IFDIR) {
    file.type = FakeFile::Type::kDirectory;
  } else if (archive_entry_filetype(entry) == AE_IFLNK) {
    file.type = FakeFile::Type::kSymlink;
    file.content = archive_entry_symlink(entry);
  } else {
    ASSIGN_OR_RETURN(file.content, ReadContent(reader));
  }
  return file;
}

absl::Status WriteEntry(archive* writer, std::string const& path, FakeFile const& file) {
  std::unique_ptr<archive_entry, FreeEntry> const entry(archive_entry_new());
  archive_entry_set_pathname(entry.get(), path.c_str());
  archive_entry_set_perm(entry.get(), static_cast<mode_t>(file.mode));
  archive_entry_set_uid(entry.get(), file.uid);
  archive_entry_set_gid(entry.get(), file.gid);
  archive_entry_set_mtime(entry.get(), 0, 0);
  bool const regular = file.type == FakeFile::Type::kFile;
  if (file.type == FakeFile::Type::kSymlink) {
    archive_entry_set_filetype(entry.get(), AE_IFLNK);
    archive_entry_set_symlink(entry.get(), file.content.c_str());
  } else {
    archive_entry_set_filetype(entry.get(), regular ? AE_IFREG : AE_IFDIR);
  }
  archive_entry_set_size(entry.get(), regular ? static_cast<la_int64_t>(file.content.size()) : 0);
  if (archive_write_header(writer, entry.get()) != ARCHIVE_OK) return Failed("write tar", writer);
  if (regular && archive_write_data(writer, file.content.data(), file.content.size()) < 0) {
    return Failed("write tar", writer);
  }
  return absl::OkStatus();
}

la_ssize_t AppendTo(archive*, void* out, void const* bytes, size_t size) {
  static_cast<std::string*>(out)->append(static_cast<char const*>(bytes), size);
  return static_cast<la_ssize_t>(size);
}

}  // namespace

absl::StatusOr<FakeTree> ReadTar(absl::string_view tar) {
  std::unique_ptr<archive, FreeReader> const reader(archive_read_new());
  archive_read_support_format_tar(reader.get());
  if (archive_read_open_memory(reader.get(), tar.data(), tar.size()) != ARCHIVE_OK) {
    return Failed("open tar", reader.get());
  }
  FakeTree tree;
  archive_entry* entry = nullptr;
  int result = ARCHIVE_OK;
  while ((result = archive_read_next_header(reader.get(), &entry)) == ARCHIVE_OK) {
    std::string const path = TreePath(archive_entry_pathname(entry));
    ASSIGN_OR_RETURN(FakeFile file, ReadEntry(reader.get(), entry, tree));
    if (!path.empty() && path != ".") tree[path] = std::move(file);
  }
  if (result != ARCHIVE_EOF) return Failed("read tar", reader.get());
  return tree;
}

absl::StatusOr<std::string> WriteTar(FakeTree const& tree) {
  std::string tar;
  std::unique_ptr<archive, FreeWriter> const writer(archive_write_new());
  archive_write_set_format_pax_restricted(writer.get());
  if (archive_write_open(writer.get(), &tar, nullptr, AppendTo, nullptr) != ARCHIVE_OK) {
    return Failed("open tar", writer.get());
  }
  for (auto const& [path, file] : tree) {
    RETURN_IF_ERROR(WriteEntry(writer.get(), path, file));
  }
  if (archive_write_close(writer.get()) != ARCHIVE_OK) return Failed("end tar", writer.get());
  return tar;
}

}  // namespace probefarm
