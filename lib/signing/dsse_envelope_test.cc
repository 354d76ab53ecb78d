#include "lib/signing/dsse_envelope.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "lib/runtime/status_matchers.h"
#include "lib/signing/sample_keys.h"

namespace probefarm {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

DsseEnvelope Signed(std::string payload = "hello world") {
  SigningKey const key = SampleKey();
  return SignDsse("http://example.com/HelloWorld", std::move(payload), &key).value();
}

std::vector<PublicKey> Sample() { return {SampleKey().public_key()}; }

// The example of the specification.
TEST(Dsse, SignsTypeAndPayloadWithTheirLengths) {
  EXPECT_EQ(DssePreAuthentication("http://example.com/HelloWorld", "hello world"),
            "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
}

TEST(Dsse, IsReadAsItWasWritten) {
  DsseEnvelope const envelope = Signed(std::string("\0\xff\n", 3));
  std::string const text = RenderDsse(envelope);
  EXPECT_EQ(text.find('\n'), std::string::npos);
  ASSERT_OK_AND_ASSIGN(DsseEnvelope const read, ParseDsse(text));
  EXPECT_EQ(read, envelope);
}

// Written down: what is published today must verify in ten years.
TEST(Dsse, IsSignedAsItAlwaysWas) {
  EXPECT_EQ(
      RenderDsse(Signed()),
      R"({"payloadType":"http://example.com/HelloWorld","payload":"aGVsbG8gd29ybGQ=",)"
      R"("signatures":[{"keyid":"06e3fd8fda29bb60",)"
      R"("sig":"4DHX3Zn4qpBKvEj7maE8O9u9bjXEnPLLnyXVUJ2PXJR8DSLcL3QDpFvfJOj3pB/SPHsl6Jg4boxsMb6KvuYABw=="}]})");
}

TEST(Dsse, VerifiesWithTheKeyThatSigned) {
  std::vector<PublicKey> const keys = {OtherKey().public_key(), SampleKey().public_key()};
  EXPECT_EQ(VerifyDsse(Signed(), keys), &keys[1]);
  EXPECT_EQ(VerifyDsse(Signed(), {OtherKey().public_key()}), nullptr);
  EXPECT_EQ(VerifyDsse(Signed(), {}), nullptr);
}

TEST(Dsse, DoesNotBelieveTheKeyId) {
  DsseEnvelope envelope = Signed();
  envelope.signatures[0].key_id = OtherKey().public_key().id();
  EXPECT_NE(VerifyDsse(envelope, Sample()), nullptr);
  EXPECT_EQ(VerifyDsse(envelope, {OtherKey().public_key()}), nullptr);
}

TEST(Dsse, FindsTheOneSignatureAmongOthers) {
  DsseEnvelope envelope = Signed();
  envelope.signatures.insert(envelope.signatures.begin(), {"junk", std::string(64, 'x')});
  EXPECT_NE(VerifyDsse(envelope, Sample()), nullptr);
}

TEST(Dsse, SeesAnyChange) {
  DsseEnvelope payload = Signed();
  payload.payload += " ";
  EXPECT_EQ(VerifyDsse(payload, Sample()), nullptr);
  DsseEnvelope type = Signed();
  type.payload_type = "text/plain";
  EXPECT_EQ(VerifyDsse(type, Sample()), nullptr);
  DsseEnvelope without = Signed();
  without.signatures.clear();
  EXPECT_EQ(VerifyDsse(without, Sample()), nullptr);
}

TEST(Dsse, CanBeWithoutSignatures) {
  ASSERT_OK_AND_ASSIGN(DsseEnvelope const unsigned_one, SignDsse("t", "p", nullptr));
  EXPECT_THAT(unsigned_one.signatures, IsEmpty());
  EXPECT_THAT(ParseDsse(RenderDsse(unsigned_one)), IsOk());
}

// The specification lets writers choose, and makes the key id optional.
TEST(Dsse, ReadsEitherBase64AndNoKeyId) {
  std::string const bytes = "\xff\xfe\xfd?>";
  json const text = {{"payloadType", "t"},
                     {"payload", absl::WebSafeBase64Escape(bytes)},
                     {"signatures", {{{"sig", absl::Base64Escape(bytes)}}}},
                     {"of a later version", 7}};
  ASSERT_OK_AND_ASSIGN(DsseEnvelope const read, ParseDsse(text.dump()));
  EXPECT_EQ(read.payload, bytes);
  ASSERT_THAT(read.signatures, SizeIs(1));
  EXPECT_EQ(read.signatures[0], (DsseSignature{"", bytes}));
}

TEST(Dsse, SaysWhatIsWrong) {
  for (auto const& [text, said] : std::vector<std::pair<std::string, std::string>>{
           {"", "not a JSON object"},
           {"[]", "not a JSON object"},
           {"{}", "payloadType"},
           {R"({"payloadType":7})", "type"},
           {R"({"payloadType":"t","payload":"?"})", "payload is not base64"},
           {R"({"payloadType":"t","payload":""})", "signatures"},
           {R"({"payloadType":"t","payload":"","signatures":{}})", "signatures"},
           {R"({"payloadType":"t","payload":"","signatures":[7]})", "type"},
           {R"({"payloadType":"t","payload":"","signatures":[{}]})", "sig"},
           {R"({"payloadType":"t","payload":"","signatures":[{"sig":"?"}]})", "signature is not"},
           {R"({"payloadType":"t","payload":"","signatures":[{"sig":"","keyid":7}]})", "type"}}) {
    EXPECT_THAT(ParseDsse(text), StatusIs(kInvalid, HasSubstr(said))) << text;
  }
}

TEST(Dsse, IsBounded) {
  EXPECT_THAT(ParseDsse(std::string((size_t{4} << 20) + 1, ' ')),
              StatusIs(kInvalid, HasSubstr("4 MB")));
  DsseEnvelope envelope = Signed();
  envelope.signatures.resize(17, envelope.signatures[0]);
  EXPECT_THAT(ParseDsse(RenderDsse(envelope)), StatusIs(kInvalid, HasSubstr("too long")));
}

}  // namespace
}  // namespace probefarm
