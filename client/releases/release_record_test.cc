#include "client/releases/release_record.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/releases/sample_release.h"
#include "lib/digest/sha256.h"
#include "lib/runtime/status_matchers.h"
#include "lib/signing/sample_keys.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr auto kDataLoss = absl::StatusCode::kDataLoss;
constexpr auto kNotFound = absl::StatusCode::kNotFound;

class ReleaseRecordTest : public testing::Test {
 protected:
  absl::StatusOr<ReleaseRecord> Check(std::string const& tag = kSampleTag) {
    return CheckRelease({files_["SHA256SUMS"], files_["SHA256SUMS.sig"], files_["index.json"]}, tag,
                        keys_);
  }

  std::map<std::string, std::string> files_ = SampleRelease(SampleKey());
  std::vector<PublicKey> keys_ = {OtherKey().public_key(), SampleKey().public_key()};
};

TEST_F(ReleaseRecordTest, HoldsWhatWasSigned) {
  ASSERT_OK_AND_ASSIGN(ReleaseRecord const record, Check());
  EXPECT_EQ(record.key_id, SampleKey().public_key().id());
  EXPECT_EQ(ListedSha256(record, kSampleAsset).value(), Sha256Hex(kSampleBytes));
  EXPECT_EQ(IndexedAsset(record, kSampleAsset)->size,
            static_cast<int64_t>(std::string(kSampleBytes).size()));
}

TEST_F(ReleaseRecordTest, TheSignatureIsOverEveryByteOfTheSums) {
  files_["SHA256SUMS"][0] = files_["SHA256SUMS"][0] == 'a' ? 'b' : 'a';
  EXPECT_THAT(Check(), StatusIs(kDataLoss, AllOf(HasSubstr("SHA256SUMS is not what was signed"),
                                                 HasSubstr(keys_[1].id()))));
}

TEST_F(ReleaseRecordTest, AnotherKeyWillNotDo) {
  keys_.pop_back();
  EXPECT_THAT(Check(), StatusIs(kDataLoss));
  keys_.clear();
  EXPECT_THAT(Check(), StatusIs(kDataLoss)) << "no key is not any key";
}

TEST_F(ReleaseRecordTest, WhatHasNotTheSizeOfASignatureIsNone) {
  for (std::string const& junk :
       {std::string(), std::string("<html>"), files_["SHA256SUMS.sig"] + "\n"}) {
    files_["SHA256SUMS.sig"] = junk;
    EXPECT_THAT(Check(), StatusIs(kDataLoss, HasSubstr("no signature")));
  }
}

TEST_F(ReleaseRecordTest, TheIndexIsTheListedOne) {
  files_["index.json"] += " ";
  EXPECT_THAT(Check(), StatusIs(kDataLoss, HasSubstr("index.json is not the one")));
}

// Names hold neither driver version nor arch: the files of one release would do for another.
TEST_F(ReleaseRecordTest, AnotherReleasesFilesWillNotDo) {
  EXPECT_THAT(Check("9.0.0+driver/x86_64"),
              StatusIs(kDataLoss, AllOf(HasSubstr("9.0.0+driver/x86_64"), HasSubstr(kSampleTag))));
}

TEST_F(ReleaseRecordTest, SumsWithoutTheIndexSayNothingOfTheRelease) {
  files_["SHA256SUMS"] = absl::StrCat(std::string(64, 'a'), "  x.o\n");
  files_["SHA256SUMS.sig"] = SampleKey().Sign(files_["SHA256SUMS"]).value();
  EXPECT_THAT(Check(), StatusIs(kDataLoss, HasSubstr("does not list index.json")));
}

TEST_F(ReleaseRecordTest, NamesWhatItDoesNotList) {
  ASSERT_OK_AND_ASSIGN(ReleaseRecord record, Check());
  for (char const* const name : {"x.o", "", "zzz", "a"}) {
    EXPECT_THAT(ListedSha256(record, name),
                StatusIs(kNotFound, HasSubstr(absl::StrCat("does not list ", name))));
    EXPECT_THAT(IndexedAsset(record, name), StatusIs(kNotFound));
  }
}

TEST_F(ReleaseRecordTest, SumsAndIndexAgree) {
  ASSERT_OK_AND_ASSIGN(ReleaseRecord record, Check());
  record.index.probes[0].sha256 = std::string(64, 'f');
  EXPECT_THAT(IndexedAsset(record, kSampleAsset), StatusIs(kDataLoss, HasSubstr("ffff")));
  record.index.probes.clear();
  EXPECT_THAT(IndexedAsset(record, kSampleAsset),
              StatusIs(kDataLoss, HasSubstr("index.json does not list")));
}

// They come from outside: never the caller's mistake, and never taken for a list.
TEST_F(ReleaseRecordTest, RefusesSumsThatAreNone) {
  std::string const digest(64, 'a');
  for (std::string const& text :
       {std::string("<html>"), absl::StrCat(digest, "  ../../etc/passwd\n"),
        absl::StrCat(digest, "  a.o\n", digest, "  a.o\n"), absl::StrCat(digest, "  a.o\r\n"),
        absl::StrCat(digest, "  a.o"), std::string("\0\xff\n", 3)}) {
    EXPECT_THAT(ReadUnsignedRelease(text), StatusIs(kDataLoss, HasSubstr("SHA256SUMS"))) << text;
  }
}

}  // namespace
}  // namespace probefarm
