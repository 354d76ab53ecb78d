#include "coordinator/web/file_answer.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::Contains;
using ::testing::Pair;

class FileAnswer : public testing::Test {
 protected:
  HttpAnswer Ask(std::map<std::string, std::string> headers) const {
    return AnswerWithFile({.method = "GET", .headers = std::move(headers)},
                          OpenServedFile(path_).value());
  }
  std::string Etag() const { return OpenServedFile(path_)->etag; }
  std::string Modified() const { return FormatHttpDate(OpenServedFile(path_)->modified); }

  TemporaryFolder folder_;
  std::string const path_ = folder_.Write("file", "0123456789");
};

TEST_F(FileAnswer, GivesTheWholeFile) {
  HttpAnswer const answer = Ask({});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.file->offset, 0);
  EXPECT_EQ(answer.file->length, 10);
  EXPECT_THAT(answer.headers, Contains(Pair("ETag", Etag())));
  EXPECT_THAT(answer.headers, Contains(Pair("Last-Modified", Modified())));
  EXPECT_THAT(answer.headers, Contains(Pair("Accept-Ranges", "bytes")));
}

TEST_F(FileAnswer, GivesOneRange) {
  HttpAnswer const answer = Ask({{"range", "bytes=2-4"}});
  EXPECT_EQ(answer.status, 206);
  EXPECT_EQ(answer.file->offset, 2);
  EXPECT_EQ(answer.file->length, 3);
  EXPECT_THAT(answer.headers, Contains(Pair("Content-Range", "bytes 2-4/10")));
}

TEST_F(FileAnswer, NamesTheSizeWhenTheRangeLiesBeyondIt) {
  HttpAnswer const answer = Ask({{"range", "bytes=10-"}});
  EXPECT_EQ(answer.status, 416);
  EXPECT_FALSE(answer.file.has_value());
  EXPECT_THAT(answer.headers, Contains(Pair("Content-Range", "bytes */10")));
}

TEST_F(FileAnswer, GivesTheWholeFileWhenTheClientsPartIsOfAnother) {
  EXPECT_EQ(Ask({{"range", "bytes=2-4"}, {"if-range", "\"other\""}}).status, 200);
  EXPECT_EQ(Ask({{"range", "bytes=2-4"}, {"if-range", Etag()}}).status, 206);
  EXPECT_EQ(Ask({{"range", "bytes=2-4"}, {"if-range", Modified()}}).status, 206);
}

TEST_F(FileAnswer, IsNotModifiedForTheSameEtag) {
  for (std::string const& etags : {Etag(), absl::StrCat("W/", Etag()), std::string("*"),
                                   absl::StrCat("\"a\", ", Etag(), " ,\"b\"")}) {
    HttpAnswer const answer = Ask({{"if-none-match", etags}});
    EXPECT_EQ(answer.status, 304) << etags;
    EXPECT_FALSE(answer.file.has_value());
  }
  EXPECT_EQ(Ask({{"if-none-match", "\"other\""}}).status, 200);
}

TEST_F(FileAnswer, IsNotModifiedSinceItsOwnTime) {
  EXPECT_EQ(Ask({{"if-modified-since", Modified()}}).status, 304);
  EXPECT_EQ(Ask({{"if-modified-since", "Sun, 06 Nov 1994 08:49:37 GMT"}}).status, 200);
  EXPECT_EQ(Ask({{"if-modified-since", "yesterday"}}).status, 200);
}

TEST_F(FileAnswer, BelievesTheEtagBeforeTheTime) {
  EXPECT_EQ(Ask({{"if-none-match", "\"other\""}, {"if-modified-since", Modified()}}).status, 200);
}

TEST_F(FileAnswer, ChangesItsEtagWithTheFile) {
  std::string const before = Etag();
  folder_.Write("file", "01234567890");
  EXPECT_NE(Etag(), before);
}

TEST_F(FileAnswer, OpensRegularFilesOnly) {
  std::string const pipe = folder_ / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THAT(OpenServedFile(pipe), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(OpenServedFile(folder_.path()), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(OpenServedFile(folder_ / "none"), StatusIs(absl::StatusCode::kNotFound));
}

TEST(HttpDate, IsWrittenAsRfc9110Says) {
  EXPECT_EQ(FormatHttpDate(absl::FromUnixSeconds(784111777)), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(FileErrorAnswer, HidesWhichPathCouldNotBeRead) {
  EXPECT_EQ(FileErrorAnswer(absl::NotFoundError("/srv/x")).status, 404);
  HttpAnswer const answer = FileErrorAnswer(absl::PermissionDeniedError("/srv/secret"));
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body.find("/srv"), std::string::npos);
}

}  // namespace
}  // namespace probefarm
