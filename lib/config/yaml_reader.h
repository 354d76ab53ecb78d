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

class YamlDocument;

// A mapping of a YAML file, read key by key. A value of the wrong type or outside its bounds, a
// missing required key and a key that was not asked for are errors that name file, line and the
// key's whole path. After an error the default stands in, or an empty value where there is none, so
// that reading goes on and finds the next error; the caller discards what was read then.
//
// Lives as long as the callback that it is given to. Not thread-safe. Asking is what makes
// a key known: a reader asks for every key that may stand there, whether it needs the value or not.
// Bounds are included.
//
//   return ReadYamlFile(path, [&config](YamlMapping& top) {
//     config.listen = top.String("listen", "0.0.0.0:7600");
//     config.lease_ttl = top.Duration("lease_ttl", absl::Seconds(5), absl::Hours(1));
//     top.Mapping("tls", YamlMapping::Presence::kOptional,
//                 [&config](YamlMapping& tls) { config.key_file = tls.String("key_file"); });
//   });
class YamlMapping {
 public:
  YamlMapping(YamlMapping const&) = delete;
  YamlMapping& operator=(YamlMapping const&) = delete;
  ~YamlMapping();

  // Whether an absent key is an error.
  enum class Presence { kRequired, kOptional };
  // Reads a mapping; must not keep it.
  using Reader = std::function<void(YamlMapping&)>;

  // Whether the key stands there, with any value or none.
  bool Has(absl::string_view key);
  // Whether the value is a mapping: for a key that can also hold a word.
  bool HasMapping(absl::string_view key);

  // A key without a default is required. Numbers and booleans are words too. A key without a value
  // ("listen:") is an error, also where there is a default.
  std::string String(absl::string_view key,
                     std::optional<std::string> default_value = std::nullopt);
  int64_t Int(absl::string_view key, int64_t min, int64_t max,
              std::optional<int64_t> default_value = std::nullopt);
  double Double(absl::string_view key, double min, double max,
                std::optional<double> default_value = std::nullopt);
  // "true" or "false".
  bool Bool(absl::string_view key, std::optional<bool> default_value = std::nullopt);
  // "30s", "5m", "1h30m".
  absl::Duration Duration(absl::string_view key, absl::Duration min, absl::Duration max,
                          std::optional<absl::Duration> default_value = std::nullopt);
  // "512MB", "2GB", "1048576": bytes, powers of 1024.
  int64_t Bytes(absl::string_view key, int64_t min, int64_t max,
                std::optional<int64_t> default_value = std::nullopt);
  // A list of words; one that holds anything else is an error. May be empty.
  std::vector<std::string> Strings(
      absl::string_view key, std::optional<std::vector<std::string>> default_value = std::nullopt);

  // Calls `read` with the mapping at `key`; not at all when the key is absent.
  void Mapping(absl::string_view key, Presence presence, Reader const& read);
  // Calls `read` for each mapping of the sequence at `key`, whose path is "key[0]", ….
  void Mappings(absl::string_view key, Presence presence, Reader const& read);

  // What the caller finds wrong with the value of a key. Only the first error of a key is kept.
  void Error(absl::string_view key, absl::string_view message);
  // Error() with the message of a status that is not OK.
  void Check(absl::string_view key, absl::Status const& finding);

 private:
  friend class YamlDocument;
  struct Contents;

  // A null node is an empty mapping.
  YamlMapping(YAML::Node const& node, std::string path, int line, YamlDocument& document);

  // What stands in the file, with an error where it may not be absent, or is not one word.
  YAML::Node const* Find(absl::string_view key, Presence presence);
  std::optional<std::string> Word(absl::string_view key, Presence presence);
  template <class T>
  T Bounded(absl::string_view key, T min, T max, std::optional<T> const& default_value,
            std::optional<T> (*parse)(absl::string_view), absl::string_view what);
  std::string PathOf(absl::string_view key) const;
  void ReportUnknownKeys();

  std::unique_ptr<Contents> contents_;
};

// Reads the file and calls `read` with its top mapping. One status for all errors. A file that
// cannot be read is NOT_FOUND or UNAVAILABLE; one that is not a single YAML document, is larger
// than 1 MB, or holds more than 100,000 values (each use of an alias counts) is INVALID_ARGUMENT.
// Exceptions of yaml-cpp end here.
absl::Status ReadYamlFile(std::string const& file, YamlMapping::Reader const& read);

// The keys that `read` asks for and that stand nowhere in the file, as "drivers[].kinds". For the
// test that a sample shows every key. Fails as ReadYamlFile() does.
absl::StatusOr<std::vector<std::string>> FindAbsentKeys(std::string const& file,
                                                        YamlMapping::Reader const& read);

}  // namespace probefarm
