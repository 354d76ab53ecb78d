// The sample, deploy/coordinator.yaml, shows every key, each with its default.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "coordinator/config/coordinator_config.h"
#include "lib/config/temp_yaml_file.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::Contains;
using ::testing::IsSupersetOf;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

std::filesystem::path DeployFolder() {
  std::filesystem::path const folder = std::filesystem::path(TEST_DATA_DIR).parent_path();
  return folder.parent_path().parent_path() / "deploy";
}

std::string SamplePath() { return DeployFolder() / "coordinator.yaml"; }

// The sample with the other forms that it shows.
std::string WholeSample() {
  std::stringstream text;
  text << std::ifstream(SamplePath()).rdbuf();
  return absl::StrReplaceAll(text.str(), {{"#|", ""}});
}

std::vector<std::string> AbsentKeysOf(std::string const& text) {
  absl::StatusOr<std::vector<std::string>> absent =
      FindAbsentKeys(TempYamlFile(text).path(), [](YamlMapping& top) { ReadConfig(top); });
  EXPECT_THAT(absent, IsOk());
  return absent.value_or(std::vector<std::string>{});
}

std::string Below(std::string const& path, std::string const& key) {
  return path.empty() ? key : absl::StrCat(path, ".", key);
}

// Every key of the document, as "drivers[].kinds".
void CollectKeys(YAML::Node const& node, std::string const& path, std::set<std::string>& keys) {
  if (node.IsSequence()) {
    for (YAML::Node const& element : node) CollectKeys(element, path + "[]", keys);
  }
  if (!node.IsMap()) return;
  for (auto const& entry : node) {
    std::string const key = Below(path, entry.first.Scalar());
    keys.insert(key);
    CollectKeys(entry.second, key, keys);
  }
}

void RemoveKey(YAML::Node node, std::string const& path, std::string const& removed) {
  if (node.IsSequence()) {
    for (YAML::Node element : node) RemoveKey(element, path + "[]", removed);
  }
  if (!node.IsMap()) return;
  std::vector<std::string> names;
  for (auto const& entry : node) names.push_back(entry.first.Scalar());
  for (std::string const& name : names) {
    if (Below(path, name) == removed) {
      node.remove(name);
    } else {
      RemoveKey(node[name], Below(path, name), removed);
    }
  }
}

std::string WholeSampleWithout(std::string const& key) {
  YAML::Node document = YAML::Load(WholeSample());
  RemoveKey(document, "", key);
  return YAML::Dump(document);
}

std::set<std::string> KeysOfTheSample() {
  std::set<std::string> keys;
  CollectKeys(YAML::Load(WholeSample()), "", keys);
  return keys;
}

TEST(Sample, IsAConfiguration) {
  ASSERT_OK_AND_ASSIGN(CoordinatorConfig const config, LoadConfig(SamplePath()));
  EXPECT_THAT(config.drivers, SizeIs(2));
  EXPECT_THAT(config.feeds.debian, SizeIs(1));
}

TEST(Sample, ShowsEveryKeyThatTheReaderKnows) {
  // In place of token_env: exactly one of the three may stand there.
  EXPECT_THAT(AbsentKeysOf(WholeSample()),
              UnorderedElementsAre("releases.github.credentials.app",
                                   "releases.github.credentials.token_file"));
}

// The guard of the test above: no key can go unnoticed.
TEST(Sample, MissesEachKeyThatIsTakenOut) {
  std::set<std::string> const keys = KeysOfTheSample();
  EXPECT_THAT(keys, IsSupersetOf({"drivers", "drivers[].source.urls", "leases.ttl"}));
  for (std::string const& key : keys) {
    TempYamlFile const file(WholeSampleWithout(key));
    if (LoadConfig(file.path()).ok())
      EXPECT_THAT(AbsentKeysOf(WholeSampleWithout(key)), Contains(key));
  }
}

TEST(Sample, ShowsTheDefaultOfEachKeyThatHasOne) {
  ASSERT_OK_AND_ASSIGN(CoordinatorConfig const whole,
                       LoadConfig(TempYamlFile(WholeSample()).path()));
  int optional_keys = 0;
  for (std::string const& key : KeysOfTheSample()) {
    TempYamlFile const file(WholeSampleWithout(key));
    absl::StatusOr<CoordinatorConfig> const without = LoadConfig(file.path());
    if (!without.ok() || key == "releases.github") continue;  // the other host: it has no default
    EXPECT_TRUE(*without == whole) << key;
    ++optional_keys;
  }
  EXPECT_GE(optional_keys, 20);
}

// Where containers and pods find what they are given.
TEST(Sample, IsWhatTheDeploymentsStartFrom) {
  for (char const* path :
       {"compose/coordinator.yaml", "kubernetes/overlays/single/coordinator.yaml"}) {
    SCOPED_TRACE(path);
    ASSERT_OK_AND_ASSIGN(CoordinatorConfig const config, LoadConfig(DeployFolder() / path));
    EXPECT_EQ(config.http.public_url, "http://coordinator:7601");
    EXPECT_THAT(config.builders, SizeIs(1));
  }
}

}  // namespace
}  // namespace probefarm
