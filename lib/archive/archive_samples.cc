#include "lib/archive/archive_samples.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
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

SampleFolder::SampleFolder() {
  std::string name = testing::TempDir() + "/archive.XXXXXX";
  folder_ = mkdtemp(name.data());
}
SampleFolder::~SampleFolder() { std::filesystem::remove_all(folder_); }

std::string SampleFolder::Path(absl::string_view name) const {
  return absl::StrCat(folder_.string(), "/", name);
}

void SampleFolder::Write(absl::string_view name, absl::string_view content) const {
  std::ofstream(Path(name), std::ios::binary)
      .write(content.data(), static_cast<std::streamsize>(content.size()));
}

std::string SampleFolder::Content(absl::string_view name) const {
  std::ifstream file(Path(name), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void SampleFolder::Truncate(absl::string_view name, size_t bytes) const {
  std::filesystem::resize_file(Path(name), bytes);
}

void SampleFolder::Run(std::string const& command) const {
  ASSERT_EQ(std::system(absl::StrCat("cd ", folder_.string(), " && ", command).c_str()), 0)
      << command;
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
