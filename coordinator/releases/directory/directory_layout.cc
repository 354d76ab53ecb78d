#include "coordinator/releases/directory/directory_layout.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/driver/asset_name.h"

namespace probefarm {
namespace {

constexpr char kDownloads[] = "/releases/download";

std::string WithoutSlash(absl::string_view text) {
  return std::string(absl::StripSuffix(text, "/"));
}

}  // namespace

DirectoryLayout::DirectoryLayout(std::string root, std::string public_url)
    : downloads_(WithoutSlash(root) + kDownloads),
      incoming_(WithoutSlash(root) + "/.incoming"),
      public_url_(WithoutSlash(public_url)) {}

std::string DirectoryLayout::ReleaseFolder(absl::string_view tag) const {
  return absl::StrCat(downloads_, "/", tag);
}

std::string DirectoryLayout::FilePath(absl::string_view tag, absl::string_view file) const {
  return absl::StrCat(ReleaseFolder(tag), "/", file);
}

std::string DirectoryLayout::DownloadUrl(absl::string_view tag, absl::string_view file) const {
  return absl::StrCat(public_url_, kDownloads, "/", EncodeUrlPath(tag), "/", EncodeUrlPath(file));
}

std::string DirectoryLayout::UploadUrl(absl::string_view token) const {
  return absl::StrCat(public_url_, "/uploads/", token);
}

}  // namespace probefarm
