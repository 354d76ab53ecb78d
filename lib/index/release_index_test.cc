#include "lib/index/release_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "absl/strings/str_replace.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using testing::HasSubstr;

IndexedProbe Probe(std::string const& name) {
  IndexedProbe probe;
  probe.probe = {"8.0.0+driver", Arch::kX86_64, "debian", "6.1.0-1-amd64", "1", Kind::kBpf};
  probe.file_name = name;
  probe.asset_name = name;
  probe.url = "https://farm.example/" + name;
  probe.sha256 = std::string(64, 'a');
  probe.size = 1234;
  probe.job = 7;
  probe.worker = "w1";
  probe.published_at = absl::FromUnixSeconds(1'700'000'000);
  probe.builder = {"builder.tar", std::string(64, 'b')};
  probe.headers = {{"headers.deb", std::string(64, 'c')}};
  probe.source = {{"scap.deb", std::string(64, 'd')}};
  return probe;
}

TEST(ReleaseIndex, IsReadAsItWasWritten) {
  ReleaseIndex const index = {"8.0.0+driver/x86_64", {Probe("a.o"), Probe("b.o")}};
  ASSERT_OK_AND_ASSIGN(ReleaseIndex const read, ParseReleaseIndex(RenderReleaseIndex(index)));
  EXPECT_EQ(read, index);
}

TEST(ReleaseIndex, SaysWhichBundleHoldsALog) {
  IndexedProbe probe = Probe("a.o");
  probe.log = {"logs-0002.tar.zst", std::string(64, 'e'), 99};
  ReleaseIndex const index = {"t",
                              {probe, Probe("b.o")},
                              {},
                              {{"logs-0001.tar.zst", std::string(64, 'f'), 1},
                               {"logs-0002.tar.zst", std::string(64, 'a'), 2}}};
  ASSERT_OK_AND_ASSIGN(ReleaseIndex const read, ParseReleaseIndex(RenderReleaseIndex(index)));
  EXPECT_EQ(read, index);
  ReleaseIndex turned = index;
  std::swap(turned.bundles[0], turned.bundles[1]);
  EXPECT_EQ(RenderReleaseIndex(turned), RenderReleaseIndex(index));
  EXPECT_EQ(ParseIndexedProbe(RenderIndexedProbe(probe)).value(), probe);
}

TEST(ReleaseIndex, ReadsOneThatIsOlderThanBundles) {
  std::string const text =
      absl::StrReplaceAll(RenderReleaseIndex({"t", {Probe("a.o")}}), {{"\"bundles\"", "\"x\""}});
  ASSERT_OK_AND_ASSIGN(ReleaseIndex const read, ParseReleaseIndex(text));
  EXPECT_TRUE(read.bundles.empty());
}

TEST(ReleaseIndex, TakesNoOtherFileForABundle) {
  IndexedProbe probe = Probe("a.o");
  for (IndexedLog const& log : {IndexedLog{"../../etc/passwd", std::string(64, 'e'), 9},
                                IndexedLog{"logs-0001.tar.zst", "none", 9},
                                IndexedLog{"logs-0001.tar.zst", std::string(64, 'e'), -1}}) {
    probe.log = log;
    EXPECT_FALSE(ParseReleaseIndex(RenderReleaseIndex({"t", {probe}})).ok());
    EXPECT_FALSE(
        ParseReleaseIndex(RenderReleaseIndex({"t", {}, {}, {{log.bundle, log.sha256, log.size}}}))
            .ok());
  }
}

TEST(ReleaseIndex, TheSameProbesGiveTheSameText) {
  EXPECT_EQ(RenderReleaseIndex({"t", {Probe("b.o"), Probe("a.o")}}),
            RenderReleaseIndex({"t", {Probe("a.o"), Probe("b.o")}}));
}

TEST(ReleaseIndex, PassesOverFieldsOfLaterVersions) {
  std::string const text = absl::StrReplaceAll(RenderReleaseIndex({"t", {Probe("a.o")}}),
                                               {{R"("job": 7)", R"("job": 7, "colour": "red")"}});
  EXPECT_THAT(text, HasSubstr("colour"));
  EXPECT_OK(ParseReleaseIndex(text));
}

TEST(ReleaseIndex, SaysWhatIsWrong) {
  std::string const text = RenderReleaseIndex({"t", {Probe("a.o")}});
  for (auto const& [from, to, said] :
       std::vector<std::array<std::string, 3>>{{R"("size": 1234)", R"("size": "much")", "type"},
                                               {R"("asset")", R"("thing")", "asset"},
                                               {R"("bpf")", R"("wasm")", "wasm"},
                                               {"2023-", "soon-", "published_at"},
                                               {"aaaa", "zzzz", "no SHA-256"},
                                               {R"("probes": [)", R"("probes": {)", "not JSON"}}) {
    EXPECT_THAT(ParseReleaseIndex(absl::StrReplaceAll(text, {{from, to}})),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(said)))
        << to;
  }
  for (char const* const text : {"", "[]", "7", R"({"tag":1})", R"({"tag":"t","probes":[7]})"})
    EXPECT_THAT(ParseReleaseIndex(text), StatusIs(absl::StatusCode::kInvalidArgument)) << text;
}

TEST(ReleaseIndex, AnEntryIsReadByItselfAsItWasWritten) {
  std::string const text = RenderIndexedProbe(Probe("a.o"));
  EXPECT_EQ(text.find('\n'), std::string::npos);
  ASSERT_OK_AND_ASSIGN(IndexedProbe const read, ParseIndexedProbe(text));
  EXPECT_EQ(read, Probe("a.o"));
  EXPECT_THAT(ParseIndexedProbe("{}"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("entry of a release index")));
}

}  // namespace
}  // namespace probefarm
