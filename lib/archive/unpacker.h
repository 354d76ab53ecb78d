#pragma once

#include <archive.h>
#include <archive_entry.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/archive/packed_source.h"

namespace probefarm {

// An entry's path or link target, whatever the locale: as UTF-8 where libarchive can write it so,
// else the bytes as stored. nullopt when libarchive cannot say it, or an entry is no such link.
std::optional<std::string> EntryPath(archive_entry* entry);
std::optional<std::string> EntrySymlink(archive_entry* entry);
std::optional<std::string> EntryHardlink(archive_entry* entry);

// libarchive, reading what a PackedSource gives: it unpacks, and bounds nothing. Errors: the
// source's own; DATA_LOSS for what is truncated or broken; INVALID_ARGUMENT for what is packed
// twice; RESOURCE_EXHAUSTED when unpacking takes more memory than there is. After one, only
// destruction. Not thread-safe. What is read with it is bounded and checked one level up, by
// ArchiveReader and DecompressFile().
class Unpacker {
 public:
  // kTar and kRaw (one entry: the bytes themselves) plain or packed with gz, xz or zst; kAr plain;
  // kRpm: an RPM package, whose payload is a cpio archive packed in any of these ways.
  enum class Format { kTar, kRaw, kAr, kRpm };

  // Reads as much of the source as it takes to know how it is packed. The source is owned and lives
  // as long as this.
  static absl::StatusOr<std::unique_ptr<Unpacker>> Open(std::unique_ptr<PackedSource> source,
                                                        Format format);

  // The next entry, owned by this and valid until the next call; nullptr at the end.
  absl::StatusOr<archive_entry*> NextHeader();

  // Up to `size` bytes of the present entry; 0 at its end. A hole in a sparse file reads as zeros.
  absl::StatusOr<size_t> Read(char* buffer, size_t size);

  // Bytes taken from the source, and what they unpacked to so far, headers and padding included: by
  // their ratio a bomb is known before its content is read.
  int64_t packed_bytes() const;
  int64_t unpacked_bytes() const;

 private:
  struct Free {
    void operator()(archive* handle) const { archive_read_free(handle); }
  };

  explicit Unpacker(std::unique_ptr<PackedSource> source);

  absl::Status Start(Format format);
  // The status of libarchive's last failure.
  absl::Status Error() const;
  // libarchive's read callback: bytes, 0 at the end, -1 with source_error_ set.
  ssize_t GivePacked(void const** piece);

  std::unique_ptr<PackedSource> source_;
  absl::Status source_error_;  // preferred to what libarchive makes of it
  std::unique_ptr<archive, Free> handle_;
};

}  // namespace probefarm
