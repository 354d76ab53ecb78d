#include "worker/engine/image_archive.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/digest/sha256.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

using nlohmann::json;

constexpr char kManifest[] = "manifest.json";

std::string ImageConfig(std::string const& name, std::string const& layer) {
  json const config = {
      {"architecture", "amd64"},
      {"os", "linux"},
      {"created", "1970-01-01T00:00:00Z"},
      {"config", {{"Labels", {{"io.probefarm.test", name}}}}},
      {"rootfs", {{"type", "layers"}, {"diff_ids", {absl::StrCat("sha256:", Sha256Hex(layer))}}}},
      {"history", {{{"created", "1970-01-01T00:00:00Z"}, {"created_by", "probefarm test"}}}},
  };
  return config.dump();
}

}  // namespace

absl::StatusOr<std::string> WriteImageArchive(std::string const& archive_path,
                                              std::string const& name, FakeTree const& root) {
  ASSIGN_OR_RETURN(std::string const layer, WriteTar(root));
  std::string const config = ImageConfig(name, layer);
  std::string const digest = Sha256Hex(config);
  std::string const config_name = absl::StrCat(digest, ".json");
  json const image = {
      {"Config", config_name}, {"RepoTags", nullptr}, {"Layers", json::array({"layer.tar"})}};
  FakeTree const files = {{config_name, {.content = config}},
                          {"layer.tar", {.content = layer}},
                          {kManifest, {.content = json::array({image}).dump()}}};
  ASSIGN_OR_RETURN(std::string const archive, WriteTar(files));
  std::ofstream out(archive_path, std::ios::binary);
  out << archive;
  out.close();
  if (!out) return absl::UnavailableError(absl::StrCat("cannot write ", archive_path));
  return absl::StrCat("sha256:", digest);
}

absl::StatusOr<std::string> ImageIdInArchive(absl::string_view archive) {
  ASSIGN_OR_RETURN(FakeTree const files, ReadTar(archive));
  auto const manifest = files.find(kManifest);
  if (manifest == files.end()) {
    return absl::InvalidArgumentError("not an image archive: it has no manifest.json");
  }
  try {
    auto const config = json::parse(manifest->second.content).at(0).at("Config").get<std::string>();
    return absl::StrCat("sha256:", Sha256Hex(files.at(config).content));
  } catch (std::exception const& e) {
    return absl::InvalidArgumentError(absl::StrCat("not an image archive: ", e.what()));
  }
}

}  // namespace probefarm
