#include "lib/archive/archive_samples.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"

namespace probefarm {
namespace {

void AddSampleEntry(archive* tar, SampleEntry const& sample) {
  archive_entry* const entry = archive_entry_new();
  archive_entry_set_pathname(entry, sample.path.c_str());
  archive_entry_set_filetype(entry, sample.type);
  archive_entry_set_perm(entry, static_cast<mode_t>(sample.mode));
  archive_entry_set_size(entry, static_cast<la_int64_t>(sample.content.size()));
  archive_entry_set_mtime(entry, 1'700'000'000, 0);
  if (!sample.symlink.empty()) archive_entry_set_symlink(entry, sample.symlink.c_str());
  if (!sample.hardlink.empty()) archive_entry_set_hardlink(entry, sample.hardlink.c_str());
  EXPECT_EQ(archive_write_header(tar, entry), ARCHIVE_OK) << archive_error_string(tar);
  archive_write_data(tar, sample.content.data(), sample.content.size());
  archive_entry_free(entry);
}

}  // namespace

void RunIn(TemporaryFolder const& folder, std::string const& command) {
  ASSERT_EQ(std::system(absl::StrCat("cd ", folder.path(), " && ", command).c_str()), 0) << command;
}

SampleEntry SampleFile(std::string path, std::string content) {
  return {.path = std::move(path), .type = AE_IFREG, .content = std::move(content)};
}
SampleEntry SampleDirectory(std::string path) {
  return {.path = std::move(path), .type = AE_IFDIR, .mode = 0755};
}
SampleEntry SampleSymlink(std::string path, std::string target) {
  return {.path = std::move(path), .type = AE_IFLNK, .mode = 0777, .symlink = std::move(target)};
}
SampleEntry SampleHardlink(std::string path, std::string target) {
  return {.path = std::move(path), .type = AE_IFREG, .hardlink = std::move(target)};
}

void WriteSampleTar(std::string const& path, std::vector<SampleEntry> const& entries,
                    std::string const& filter) {
  archive* const tar = archive_write_new();
  archive_write_set_format_pax_restricted(tar);
  if (!filter.empty()) ASSERT_EQ(archive_write_add_filter_by_name(tar, filter.c_str()), ARCHIVE_OK);
  ASSERT_EQ(archive_write_open_filename(tar, path.c_str()), ARCHIVE_OK);
  for (SampleEntry const& entry : entries) AddSampleEntry(tar, entry);
  EXPECT_EQ(archive_write_close(tar), ARCHIVE_OK);
  archive_write_free(tar);
}

}  // namespace probefarm
