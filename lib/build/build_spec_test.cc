#include "lib/build/build_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/build/sample_build_spec.h"
#include "lib/digest/hex.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(BuildSpecJson, IsCanonical) {
  std::string const json = ToJson(SampleBuildSpec());
  EXPECT_THAT(json, StartsWith(R"({"env":{"KBUILD_BUILD_HOST":"probefarm","LANG":"C"},"expect":)"));
  EXPECT_THAT(json, HasSubstr(R"("limits":{"cpus":1.5,"log_bytes":16777216,)"));
  EXPECT_THAT(json, HasSubstr(R"("timeout_seconds":900)"));
  EXPECT_THAT(json, EndsWith("}\n"));
  EXPECT_EQ(json, ToJson(SampleBuildSpec()));
}

TEST(BuildSpecJson, ComesBackEqual) {
  BuildSpec const spec = SampleBuildSpec();
  ASSERT_OK_AND_ASSIGN(BuildSpec const parsed, ParseBuildSpec(ToJson(spec)));
  EXPECT_EQ(parsed, spec);
  EXPECT_EQ(ToJson(parsed), ToJson(spec));
}

TEST(BuildSpecJson, DoesNotThrowOnBytesThatAreNotUtf8) {
  BuildSpec spec = SampleBuildSpec();
  spec.probe.kernel_version = "\xff";
  std::string const json = ToJson(spec);
  EXPECT_THAT(json, HasSubstr("\"kernel_version\":\"\xEF\xBF\xBD\""));
  EXPECT_OK(ParseBuildSpec(json));
}

TEST(BuildSpecJson, KeepsControlCharacters) {
  BuildSpec spec = SampleBuildSpec();
  spec.script.clear();
  for (char c = 0; c < 0x7f; ++c) spec.script += c;
  spec.script += "\x7f\xC3\xA9";
  std::string const json = ToJson(spec);
  EXPECT_THAT(json, HasSubstr(R"("script":"\u0000\u0001)"));
  EXPECT_THAT(json, HasSubstr(R"(\u001f !\"#)"));
  ASSERT_OK_AND_ASSIGN(BuildSpecDocument const read, ParseBuildSpecDocument(json));
  EXPECT_EQ(read.spec, spec);
  EXPECT_EQ(read.json, json);
}

using Change = void (*)(BuildSpec&);

std::string FingerprintAfter(Change change) {
  BuildSpec spec = SampleBuildSpec();
  change(spec);
  return InputsFingerprint(spec);
}

TEST(InputsFingerprint, IsADigest) { EXPECT_TRUE(IsSha256Hex(InputsFingerprint({}))); }

// Failed builds are known by it: another would have them all tried again.
TEST(InputsFingerprint, NeverChanges) {
  EXPECT_EQ(InputsFingerprint(SampleBuildSpec()),
            "f5842db843a27cf7a12f1614ec0c26fa7e12f1200f855920e42f2ec7a71e9773");
}

TEST(InputsFingerprint, ChangesWithWhatCanChangeTheOutput) {
  std::vector<Change> const changes = {
      [](BuildSpec& spec) { spec.headers[0].file.sha256 = std::string(64, '9'); },
      [](BuildSpec& spec) { spec.headers.pop_back(); },
      [](BuildSpec& spec) { std::swap(spec.headers[0], spec.headers[1]); },
      [](BuildSpec& spec) { spec.source[0].file.sha256 = std::string(64, '9'); },
      [](BuildSpec& spec) { spec.source[0].strip_prefix = "other/"; },
      [](BuildSpec& spec) { spec.source[0].format = ArchiveFormat::kDeb; },
      [](BuildSpec& spec) { spec.script += "\n"; },
      [](BuildSpec& spec) { spec.env["LANG"] = "C.UTF-8"; },
      [](BuildSpec& spec) { spec.image.fingerprint += ", make 4.4"; },
      [](BuildSpec& spec) { spec.output = "out/other"; },
      [](BuildSpec& spec) { spec.expect.kernel_release = "6.1.0-48-cloud-amd64"; },
  };
  for (size_t i = 0; i < changes.size(); ++i)
    EXPECT_NE(FingerprintAfter(changes[i]), InputsFingerprint(SampleBuildSpec())) << "change " << i;
}

TEST(InputsFingerprint, StaysWithWhatCannot) {
  std::vector<Change> const changes = {
      [](BuildSpec& spec) { spec.headers[0].file.urls = {"http://elsewhere.example/x.deb"}; },
      [](BuildSpec& spec) { spec.headers[0].file.name = "x.deb"; },
      [](BuildSpec& spec) { spec.source[0].file.urls.clear(); },
      [](BuildSpec& spec) { spec.image.id = "sha256:" + std::string(64, '9'); },
      [](BuildSpec& spec) { spec.image.archive.sha256 = std::string(64, '9'); },
      [](BuildSpec& spec) { spec.limits.timeout = absl::Hours(1); },
  };
  for (size_t i = 0; i < changes.size(); ++i)
    EXPECT_EQ(FingerprintAfter(changes[i]), InputsFingerprint(SampleBuildSpec())) << "change " << i;
}

}  // namespace
}  // namespace probefarm
