#include "lib/index/provenance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"
#include "lib/build/sample_build_spec.h"
#include "lib/runtime/status_matchers.h"
#include "lib/signing/sample_keys.h"

namespace probefarm {
namespace {

using nlohmann::json;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kInToto[] = "application/vnd.in-toto+json";

Provenance Sample() {
  return {"falco_debian_6.1_1.ko",
          std::string(64, 'a'),
          ToJson(SampleBuildSpec()),
          7,
          2,
          "w1",
          absl::FromUnixSeconds(1'700'000'000)};
}

json PayloadOf(std::string const& line) {
  std::string payload;
  EXPECT_TRUE(absl::Base64Unescape(json::parse(line)["payload"].get<std::string>(), &payload));
  return json::parse(payload);
}

std::string Envelope(std::string type, std::string payload) {
  return RenderDsse({std::move(type), std::move(payload), {}});
}

TEST(Provenance, IsReadAsItWasWritten) {
  ASSERT_OK_AND_ASSIGN(std::string const line, RenderProvenance(Sample()));
  EXPECT_THAT(line, EndsWith("\n"));
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  ASSERT_OK_AND_ASSIGN(Provenance const read, ParseProvenance(line));
  EXPECT_EQ(read, Sample());
}

TEST(Provenance, IsAnInTotoStatementWithEveryInput) {
  ASSERT_OK_AND_ASSIGN(std::string const line, RenderProvenance(Sample()));
  EXPECT_EQ(json::parse(line)["payloadType"], "application/vnd.in-toto+json");
  json const statement = PayloadOf(line);
  EXPECT_EQ(statement["_type"], "https://in-toto.io/Statement/v1");
  EXPECT_EQ(statement["predicateType"], "https://slsa.dev/provenance/v1");
  EXPECT_EQ(statement["subject"][0]["digest"]["sha256"], std::string(64, 'a'));
  BuildSpec const spec = SampleBuildSpec();
  json const& dependencies = statement["predicate"]["buildDefinition"]["resolvedDependencies"];
  ASSERT_EQ(dependencies.size(), 1 + spec.headers.size() + spec.source.size());
  EXPECT_EQ(dependencies[0]["digest"]["sha256"], spec.image.archive.sha256);
  EXPECT_EQ(dependencies[1]["digest"]["sha256"], spec.headers[0].file.sha256);
}

TEST(Provenance, IsSignedAsAnEnvelopeOfItsStatement) {
  SigningKey const key = SampleKey();
  ASSERT_OK_AND_ASSIGN(std::string const line, RenderProvenance(Sample(), &key));
  ASSERT_OK_AND_ASSIGN(DsseEnvelope const envelope, ParseDsse(line));
  EXPECT_NE(VerifyDsse(envelope, {key.public_key()}), nullptr);
  ASSERT_OK_AND_ASSIGN(Provenance const read, ProvenanceIn(envelope));
  EXPECT_EQ(read, Sample());
}

TEST(Provenance, HasNoSignatureWithoutAKey) {
  ASSERT_OK_AND_ASSIGN(std::string const line, RenderProvenance(Sample()));
  ASSERT_OK_AND_ASSIGN(DsseEnvelope const envelope, ParseDsse(line));
  EXPECT_THAT(envelope.signatures, IsEmpty());
}

TEST(Provenance, NeedsASpec) {
  Provenance provenance = Sample();
  provenance.spec = "{}";
  EXPECT_THAT(RenderProvenance(provenance), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(Provenance, SaysWhatIsWrong) {
  for (auto const& [line, said] :
       std::vector<std::pair<std::string, std::string>>{{"", "JSON"},
                                                        {"{}", "payloadType"},
                                                        {Envelope("x", "{}"), "in-toto"},
                                                        {Envelope(kInToto, "x"), "payload"},
                                                        {Envelope(kInToto, "{}"), "_type"},
                                                        {Envelope(kInToto, "[]"), "type"}}) {
    EXPECT_THAT(ParseProvenance(line),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(said)))
        << line;
  }
}

}  // namespace
}  // namespace probefarm
