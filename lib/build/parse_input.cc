#include "lib/build/parse_input.h"

#include <utility>

#include "absl/strings/match.h"
#include "lib/build/bounds.h"
#include "lib/build/image_id.h"
#include "lib/build/path_in_tree.h"
#include "lib/digest/hex.h"
#include "lib/driver/asset_name.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr size_t kMaxArchives = 64;
constexpr size_t kMaxUrls = 16;

absl::StatusOr<std::string> ParseDigest(JsonValue const& value) {
  ASSIGN_OR_RETURN(std::string text, value.String());
  if (!IsSha256Hex(text)) return value.Refuse("is not 64 lower-case hexadecimal digits");
  return text;
}

absl::StatusOr<std::vector<std::string>> ParseUrls(JsonValue const& value) {
  ASSIGN_OR_RETURN(std::vector<JsonValue> const elements, value.Elements(kMaxUrls));
  std::vector<std::string> urls;
  for (JsonValue const& element : elements) {
    ASSIGN_OR_RETURN(std::string url, element.String());
    if (!absl::StartsWith(url, "https://") && !absl::StartsWith(url, "http://"))
      return element.Refuse("is not an http or https URL");
    urls.push_back(std::move(url));
  }
  return urls;
}

absl::StatusOr<Input> ParseInput(JsonValue const& value) {
  RETURN_IF_ERROR(value.CheckKeys({"name", "sha256", "size", "urls"}));
  Input input;
  ASSIGN_OR_RETURN(input.name, ParseFileName(value.At("name")));
  ASSIGN_OR_RETURN(input.sha256, ParseDigest(value.At("sha256")));
  ASSIGN_OR_RETURN(input.size, value.At("size").Int(1, kMaxInputBytes));
  ASSIGN_OR_RETURN(input.urls, ParseUrls(value.At("urls")));
  return input;
}

absl::StatusOr<ArchiveFormat> ParseFormat(JsonValue const& value) {
  ASSIGN_OR_RETURN(std::string const name, value.String());
  if (name == "deb") return ArchiveFormat::kDeb;
  if (name == "tar") return ArchiveFormat::kTar;
  if (name == "rpm") return ArchiveFormat::kRpm;
  return value.Refuse("is none of deb, rpm and tar");
}

absl::StatusOr<std::string> ParseStripPrefix(JsonValue const& value) {
  ASSIGN_OR_RETURN(std::string prefix, value.String());
  RETURN_IF_ERROR(value.Check(CheckStripPrefix(prefix)));
  return prefix;
}

absl::StatusOr<ArchiveInput> ParseArchive(JsonValue const& value) {
  RETURN_IF_ERROR(value.CheckKeys({"file", "format", "strip_prefix"}));
  ArchiveInput archive;
  ASSIGN_OR_RETURN(archive.file, ParseInput(value.At("file")));
  ASSIGN_OR_RETURN(archive.format, ParseFormat(value.At("format")));
  ASSIGN_OR_RETURN(archive.strip_prefix, ParseStripPrefix(value.At("strip_prefix")));
  return archive;
}

}  // namespace

absl::StatusOr<std::vector<ArchiveInput>> ParseArchives(JsonValue const& value) {
  ASSIGN_OR_RETURN(std::vector<JsonValue> const elements, value.Elements(kMaxArchives));
  std::vector<ArchiveInput> archives;
  for (JsonValue const& element : elements) {
    ASSIGN_OR_RETURN(ArchiveInput archive, ParseArchive(element));
    archives.push_back(std::move(archive));
  }
  return archives;
}

absl::StatusOr<ImageInput> ParseImage(JsonValue const& value) {
  RETURN_IF_ERROR(value.CheckKeys({"archive", "fingerprint", "id"}));
  ImageInput image;
  ASSIGN_OR_RETURN(image.archive, ParseInput(value.At("archive")));
  ASSIGN_OR_RETURN(image.fingerprint, value.At("fingerprint").String());
  ASSIGN_OR_RETURN(image.id, value.At("id").String());
  RETURN_IF_ERROR(value.At("id").Check(CheckImageId(image.id)));
  return image;
}

absl::StatusOr<std::string> ParseFileName(JsonValue const& value) {
  ASSIGN_OR_RETURN(std::string name, value.String());
  RETURN_IF_ERROR(value.Check(CheckFileName(name)));
  return name;
}

absl::StatusOr<std::string> ParsePathInTree(JsonValue const& value) {
  ASSIGN_OR_RETURN(std::string path, value.String());
  RETURN_IF_ERROR(value.Check(CheckPathInTree(path)));
  return path;
}

}  // namespace probefarm
