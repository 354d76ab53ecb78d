#include "lib/index/log_bundle.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/status_matchers.h"
#include "lib/runtime/subprocess.h"

namespace probefarm {
namespace {

TEST(LogBundle, GivesBackEachLog) {
  std::string const long_name(200, 'n');
  ASSERT_OK_AND_ASSIGN(std::string const bundle,
                       RenderLogBundle({{"a.o", "one\n"},
                                        {"b+1.ko", std::string(1'000'000, 'x')},
                                        {"empty.o", ""},
                                        {long_name, std::string("\0\xff\r\n", 4)}}));
  EXPECT_EQ(LogInBundle(bundle, "a.o").value_or("none"), "one\n");
  EXPECT_EQ(LogInBundle(bundle, "b+1.ko").value_or("none"), std::string(1'000'000, 'x'));
  EXPECT_EQ(LogInBundle(bundle, "empty.o").value_or("none"), "");
  EXPECT_EQ(LogInBundle(bundle, long_name).value_or("none"), std::string("\0\xff\r\n", 4));
  EXPECT_THAT(LogInBundle(bundle, "c.o"), StatusIs(absl::StatusCode::kNotFound));
}

TEST(LogBundle, IsTheSameEachTime) {
  EXPECT_EQ(RenderLogBundle({{"a.o", "one"}, {"b.o", "two"}}).value(),
            RenderLogBundle({{"a.o", "one"}, {"b.o", "two"}}).value());
}

TEST(LogBundle, IsUnpackedByTar) {
  TemporaryFolder const folder;
  std::ofstream(folder / "logs.tar.zst", std::ios::binary)
      << RenderLogBundle({{"a.o", "one\n"}, {"b.o", "two\n"}}).value();
  ASSERT_OK_AND_ASSIGN(
      SubprocessResult const unpacked,
      RunSubprocess({.argv = {"sh", "-c", "cd \"$1\" && tar --zstd -xf logs.tar.zst && cat *.log",
                              "sh", folder.path()}}));
  EXPECT_EQ(unpacked.output, "one\ntwo\n") << unpacked.errors;
}

TEST(LogBundle, TakesNothingElseForABundle) {
  std::string const bundle = RenderLogBundle({{"a.o", std::string(10'000, 'x')}}).value();
  for (std::string const& bytes : {std::string(), std::string("no bundle"),
                                   bundle.substr(0, bundle.size() / 2), std::string(1000, '\0')})
    EXPECT_FALSE(LogInBundle(bytes, "a.o").ok()) << bytes.size();
}

TEST(LogBundle, IsNotLargerThanItMayBe) {
  std::string const half(static_cast<size_t>(kLargestLogBundle / 2), 'x');
  EXPECT_THAT(RenderLogBundle({{"a.o", half}, {"b.o", half}}),
              StatusIs(absl::StatusCode::kResourceExhausted));
}

}  // namespace
}  // namespace probefarm
