#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace YAML {
class Node;
}

namespace probefarm {

// Collects what is wrong with a configuration file, so that one run names every error, each as
// "coordinator.yaml:12: releases.directory.root: is missing". Not thread-safe.
class ConfigErrors {
 public:
  explicit ConfigErrors(std::string file) : file_(std::move(file)) {}

  void Add(int line, absl::string_view key, absl::string_view message);
  // INVALID_ARGUMENT with one line for each error; OK when there is none.
  absl::Status ToStatus() const;

 private:
  std::string file_;
  std::vector<std::string> messages_;
};

// A mapping of the file, read key by key. A value of the wrong type, a missing required key and (at
// Finish) a key that nobody asked for are errors that name file, line and the key's whole path.
// After an error the default stands in, so that reading goes on and finds the next one.
class YamlMapping {
 public:
  // `node` must outlive the mapping; `path` is empty for the file itself.
  YamlMapping(YAML::Node const& node, std::string path, ConfigErrors& errors);
  ~YamlMapping();
  YamlMapping(YamlMapping&&) noexcept;

  bool Has(absl::string_view key) const;

  std::string String(absl::string_view key,
                     std::optional<std::string> default_value = std::nullopt);
  int64_t Int(absl::string_view key, int64_t min, int64_t max,
              std::optional<int64_t> default_value = std::nullopt);
  double Double(absl::string_view key, double min, double max,
                std::optional<double> default_value = std::nullopt);
  bool Bool(absl::string_view key, std::optional<bool> default_value = std::nullopt);
  // "30s", "5m", "1h30m".
  absl::Duration Duration(absl::string_view key,
                          std::optional<absl::Duration> default_value = std::nullopt);
  // "512MB", "2GB", "1048576": bytes, powers of 1024.
  int64_t Bytes(absl::string_view key, std::optional<int64_t> default_value = std::nullopt);
  std::vector<std::string> Strings(
      absl::string_view key, std::optional<std::vector<std::string>> default_value = std::nullopt);
  // Calls `read` with the mapping at `key`; not at all when the key is absent (an error when
  // `required`).
  void Mapping(absl::string_view key, bool required, std::function<void(YamlMapping&)> const& read);
  // Calls `read` for each mapping of the sequence at `key`, whose path is "key[0]", ….
  void Mappings(absl::string_view key, bool required,
                std::function<void(YamlMapping&)> const& read);

  // An error about a value that was read: of a key of this mapping.
  void Error(absl::string_view key, absl::string_view message);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;  // its destruction reports the keys that nobody asked for
};

// Reads the file and calls `read` with its top mapping. One status for all errors; a file that is
// not YAML, is larger than 1 MB or cannot be read is an error too. Exceptions of yaml-cpp end here.
absl::Status ReadYamlFile(std::string const& file, std::function<void(YamlMapping&)> const& read);

}  // namespace probefarm
