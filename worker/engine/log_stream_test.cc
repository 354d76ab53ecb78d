#include "worker/engine/log_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using testing::HasSubstr;

std::string Frame(char stream, std::string const& payload) {
  size_t const size = payload.size();
  std::string frame = {
      stream, 0, 0, 0, 0, 0, static_cast<char>(size >> 8), static_cast<char>(size)};
  return frame + payload;
}

struct Decoded {
  std::string text;
  absl::Status status;
};

// In pieces of `piece` bytes.
Decoded Decode(absl::string_view stream, size_t piece) {
  Decoded decoded;
  LogStreamDecoder decoder([&](absl::string_view bytes) {
    absl::StrAppend(&decoded.text, bytes);
    return absl::OkStatus();
  });
  while (decoded.status.ok() && !stream.empty()) {
    decoded.status = decoder.Decode(stream.substr(0, piece));
    stream.remove_prefix(std::min(piece, stream.size()));
  }
  if (decoded.status.ok()) decoded.status = decoder.Finish();
  return decoded;
}

TEST(LogStream, TakesFramesOffHoweverTheyAreSplit) {
  std::string const stream =
      Frame(1, "out\n") + Frame(2, "err\n") + Frame(0, "") + Frame(1, std::string(700, 'x'));
  for (size_t piece = 1; piece <= stream.size(); ++piece) {
    Decoded const decoded = Decode(stream, piece);
    EXPECT_OK(decoded.status);
    EXPECT_EQ(decoded.text, "out\nerr\n" + std::string(700, 'x')) << "pieces of " << piece;
  }
}

TEST(LogStream, GivesWhatCameOfAFrameBeforeItsEnd) {
  std::string text;
  LogStreamDecoder decoder([&](absl::string_view bytes) {
    absl::StrAppend(&text, bytes);
    return absl::OkStatus();
  });
  ASSERT_OK(decoder.Decode(Frame(1, "CC [M] scap.o").substr(0, 8 + 6)));
  EXPECT_EQ(text, "CC [M]");
}

TEST(LogStream, EndsOnlyBetweenFrames) {
  std::string const stream = Frame(1, "first") + Frame(2, "second");
  for (size_t end = 1; end < stream.size(); ++end) {
    absl::Status const status = Decode(stream.substr(0, end), end).status;
    if (end == Frame(1, "first").size()) {
      EXPECT_OK(status);
    } else {
      EXPECT_THAT(status, StatusIs(absl::StatusCode::kInternal, HasSubstr("inside a frame")));
    }
  }
}

TEST(LogStream, RefusesWhatIsNoStream) {
  for (std::string const& garbage :
       {std::string("plain text of a terminal"), std::string("<html><body>"),
        std::string("\x01\x00\x01\x00\x00\x00\x00\x01x", 9),
        std::string("\x04\x00\x00\x00\x00\x00\x00\x01x", 9)}) {
    for (size_t piece = 1; piece <= garbage.size(); ++piece) {
      Decoded const decoded = Decode(garbage, piece);
      EXPECT_THAT(decoded.status, StatusIs(absl::StatusCode::kInternal, HasSubstr("not a log")));
      EXPECT_EQ(decoded.text, "");
    }
  }
}

TEST(LogStream, BoundsItsFrames) {
  std::string const just_right("\x01\x00\x00\x00\x00\x10\x00\x00x", 9);
  std::string const too_long("\x01\x00\x00\x00\x00\x10\x00\x01x", 9);
  EXPECT_EQ(Decode(just_right, 9).text, "x");
  EXPECT_EQ(Decode(too_long, 9).text, "");
}

TEST(LogStream, SaysWhyTheEngineCannotReadItsLog) {
  std::string const stream = Frame(1, "ok\n") + Frame(3, "log file is corrupt");
  for (size_t piece = 1; piece <= stream.size(); ++piece) {
    Decoded const decoded = Decode(stream, piece);
    EXPECT_THAT(decoded.status,
                StatusIs(absl::StatusCode::kInternal, HasSubstr("log file is corrupt")));
    EXPECT_EQ(decoded.text, "ok\n");
  }
}

TEST(LogStream, StopsAtTheSinksError) {
  int calls = 0;
  LogStreamDecoder decoder([&](absl::string_view) {
    ++calls;
    return absl::OutOfRangeError("full");
  });
  EXPECT_THAT(decoder.Decode(Frame(1, "a") + Frame(1, "b")),
              StatusIs(absl::StatusCode::kOutOfRange, "full"));
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace probefarm
