#include "client/releases/provenance_search.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/releases/sample_release.h"
#include "lib/digest/sha256.h"
#include "lib/runtime/status_matchers.h"
#include "lib/signing/dsse_envelope.h"
#include "lib/signing/sample_keys.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kDataLoss = absl::StatusCode::kDataLoss;

class ProvenanceSearchTest : public testing::Test {
 protected:
  ProvenanceSearch Search(std::string name = kSampleAsset) const {
    return {std::move(name), Sha256Hex(kSampleBytes), keys_};
  }
  absl::StatusOr<SignedProvenance> Find(std::string const& text) const {
    ProvenanceSearch search = Search();
    absl::Status const added = search.Add(text);
    if (!added.ok()) return added;
    return search.Finish();
  }

  std::string const text_ = SampleRelease(SampleKey())["provenance.jsonl"];
  std::vector<PublicKey> keys_ = {SampleKey().public_key()};
};

TEST_F(ProvenanceSearchTest, FindsTheLineHoweverItIsCut) {
  for (size_t const size : {size_t{1}, size_t{7}, size_t{1000}, text_.size()}) {
    ProvenanceSearch search = Search();
    for (size_t at = 0; at < text_.size(); at += size)
      ASSERT_OK(search.Add(absl::string_view(text_).substr(at, size)));
    ASSERT_OK_AND_ASSIGN(SignedProvenance const found, search.Finish());
    EXPECT_EQ(found.provenance.asset_name, kSampleAsset);
    EXPECT_EQ(found.provenance.job, 17);
    EXPECT_EQ(found.key_id, keys_[0].id());
    EXPECT_EQ(search.first_signer(), keys_[0].id());
  }
}

TEST_F(ProvenanceSearchTest, SaysWhoseKeyItWasInstead) {
  std::string const other = SampleRelease(OtherKey())["provenance.jsonl"];
  EXPECT_THAT(
      Find(other),
      StatusIs(kDataLoss, AllOf(HasSubstr("another key: id " + OtherKey().public_key().id()),
                                HasSubstr("yours is " + keys_[0].id()))));
}

TEST_F(ProvenanceSearchTest, SeesALineThatWasChanged) {
  DsseEnvelope envelope = ParseDsse(text_.substr(0, text_.find('\n'))).value();
  envelope.payload = absl::StrReplaceAll(envelope.payload, {{"job/17", "job/18"}});
  EXPECT_THAT(Find(RenderDsse(envelope) + "\n"),
              StatusIs(kDataLoss, HasSubstr("is not what was signed with key " + keys_[0].id())));
  envelope.signatures.clear();
  EXPECT_THAT(Find(RenderDsse(envelope) + "\n"), StatusIs(kDataLoss, HasSubstr("is not signed")));
}

TEST_F(ProvenanceSearchTest, SeesOtherBytes) {
  ProvenanceSearch search(kSampleAsset, std::string(64, 'f'), keys_);
  ASSERT_OK(search.Add(text_));
  EXPECT_THAT(search.Finish(), StatusIs(kDataLoss, HasSubstr("about other bytes")));
}

TEST_F(ProvenanceSearchTest, OneGoodLineIsEnough) {
  std::string const other = SampleRelease(OtherKey())["provenance.jsonl"];
  EXPECT_OK(Find(text_ + other));
  EXPECT_OK(Find(other + text_));
}

TEST_F(ProvenanceSearchTest, SaysWhenNoLineIsAboutIt) {
  for (std::string const name : {"falco_debian", "falco_debian_6.1_1.ko2", "none.o"}) {
    ProvenanceSearch search = Search(name);
    ASSERT_OK(search.Add(text_));
    EXPECT_THAT(search.Finish(), StatusIs(kDataLoss, HasSubstr("says nothing of " + name)));
  }
  EXPECT_THAT(Find(""), StatusIs(kDataLoss));
}

TEST_F(ProvenanceSearchTest, NamesALineThatIsNone) {
  EXPECT_THAT(Find(text_ + "<html>\n"), StatusIs(kDataLoss, HasSubstr("line 3")));
  EXPECT_THAT(Find("\n" + text_), StatusIs(kDataLoss, HasSubstr("line 1")));
  EXPECT_THAT(Find(text_.substr(0, text_.size() - 1)),
              StatusIs(kDataLoss, HasSubstr("in the middle of a line")));
}

TEST_F(ProvenanceSearchTest, KeepsNoLineWithoutAnEnd) {
  ProvenanceSearch search = Search();
  std::string const piece(size_t{1} << 20, 'x');
  absl::Status added;
  for (int i = 0; i < 6 && added.ok(); ++i) added = search.Add(piece);
  EXPECT_THAT(added, StatusIs(kDataLoss, HasSubstr("more than 4 MB")));
}

TEST_F(ProvenanceSearchTest, ShowsNoControlCharactersOfAKeyId) {
  DsseEnvelope envelope = ParseDsse(text_.substr(0, text_.find('\n'))).value();
  envelope.signatures[0] = {"\x1b[2J" + std::string(1000, 'x'), std::string(64, 's')};
  absl::StatusOr<SignedProvenance> const found = Find(RenderDsse(envelope) + "\n");
  EXPECT_THAT(found, StatusIs(kDataLoss, Not(HasSubstr("\x1b"))));
  EXPECT_LT(found.status().message().size(), 300U);
}

}  // namespace
}  // namespace probefarm
