#include "lib/runtime/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace probefarm {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Captured(LogLevel level, absl::string_view message,
                     std::initializer_list<LogField> fields) {
  testing::internal::CaptureStderr();
  Log(level, message, fields);
  return testing::internal::GetCapturedStderr();
}

TEST(Log, WritesOneLineOfFields) {
  EXPECT_THAT(Captured(LogLevel::kInfo, "lease granted", {{"job", 7}, {"worker", "w 1"}}),
              EndsWith("info lease granted job=7 worker=\"w 1\"\n"));
}

TEST(Log, AValueCannotForgeALine) {
  std::string const line = Captured(LogLevel::kInfo, "x", {{"error", "a\nb"}});
  EXPECT_THAT(line, HasSubstr("error=\"a\\nb\""));
}

TEST(Log, DropsWhatIsBelowTheLevel) {
  EXPECT_THAT(Captured(LogLevel::kDebug, "detail", {}), Not(HasSubstr("detail")));
}

}  // namespace
}  // namespace probefarm
