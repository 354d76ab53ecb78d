#include "coordinator/inventory/builder_archive.h"

#include <sys/stat.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/archive/archive_reader.h"
#include "lib/digest/sha256.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

using Json = nlohmann::json;

constexpr int64_t kMaxDocument = 1 << 20;
constexpr size_t kMaxDocuments = 100;

absl::Status NotAnImage(std::string const& path, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("builder image ", path, ": ", why,
                                                 "; scripts/builder-image makes such an archive"));
}

absl::StatusOr<std::string> ReadEntry(ArchiveReader& reader, int64_t size) {
  std::string content(static_cast<size_t>(size), '\0');
  size_t filled = 0;
  while (filled < content.size()) {
    ASSIGN_OR_RETURN(size_t const got,
                     reader.Read(content.data() + filled, content.size() - filled));
    if (got == 0) break;
    filled += got;
  }
  content.resize(filled);
  return content;
}

// manifest.json may stand before or after the configuration that it names, so all small JSON files
// are kept.
absl::StatusOr<std::map<std::string, std::string>> ReadDocuments(std::string const& path) {
  ASSIGN_OR_RETURN(auto reader, ArchiveReader::OpenTar(path, {}));
  std::map<std::string, std::string> documents;
  while (true) {
    ASSIGN_OR_RETURN(auto entry, reader->Next());
    if (!entry) return documents;
    bool const wanted = entry->type == EntryType::kFile && entry->size <= kMaxDocument &&
                        !absl::StrContains(entry->path, "/") &&
                        absl::EndsWith(entry->path, ".json");
    if (!wanted) continue;
    if (documents.size() == kMaxDocuments) return NotAnImage(path, "it holds too many JSON files");
    ASSIGN_OR_RETURN(documents[entry->path], ReadEntry(*reader, entry->size));
  }
}

absl::StatusOr<std::string> ConfigurationName(std::string const& path, Json const& manifest) {
  if (!manifest.is_array() || manifest.size() != 1 || !manifest[0].is_object()) {
    return NotAnImage(path, "its manifest.json does not name exactly one image");
  }
  auto const config = manifest[0].find("Config");
  if (config == manifest[0].end() || !config->is_string()) {
    return NotAnImage(path, "its manifest.json names no configuration");
  }
  return config->get<std::string>();
}

void ReadConfiguration(Json const& configuration, BuilderArchive& archive) {
  if (!configuration.is_object()) return;
  Json const arch = configuration.value("architecture", Json());
  if (arch.is_string()) archive.arch = arch.get<std::string>();
  Json const labels = configuration.value(Json::json_pointer("/config/Labels"), Json());
  if (!labels.is_object()) return;
  for (auto const& [name, value] : labels.items()) {
    if (value.is_string()) archive.labels[name] = value.get<std::string>();
  }
}

}  // namespace

absl::StatusOr<BuilderArchive> ReadBuilderArchive(std::string const& path) {
  struct stat found {};
  if (stat(path.c_str(), &found) != 0) return NotAnImage(path, "it cannot be read");
  BuilderArchive archive;
  archive.size = found.st_size;
  ASSIGN_OR_RETURN(archive.sha256, Sha256OfFile(path));
  auto const read = ReadDocuments(path);
  if (!read.ok()) return NotAnImage(path, read.status().message());
  auto const& documents = *read;
  auto const manifest = documents.find("manifest.json");
  if (manifest == documents.end()) return NotAnImage(path, "it holds no manifest.json");
  ASSIGN_OR_RETURN(
      std::string const name,
      ConfigurationName(path, Json::parse(manifest->second, nullptr, /*allow_exceptions=*/false)));
  auto const configuration = documents.find(name);
  if (configuration == documents.end())
    return NotAnImage(path, absl::StrCat("it does not hold ", name));
  archive.image_id = absl::StrCat("sha256:", Sha256Hex(configuration->second));
  ReadConfiguration(Json::parse(configuration->second, nullptr, /*allow_exceptions=*/false),
                    archive);
  return archive;
}

}  // namespace probefarm
