#include "coordinator/releases/release_notes.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace probefarm {
namespace {

using testing::ContainsRegex;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr char kFolder[] = "https://github.com/o/r/releases/download/8.0.0%2Bdriver/x86_64/";

IndexedProbe Probe(std::string const& target, std::string const& kernel, Kind kind = Kind::kBpf,
                   int at = 0) {
  IndexedProbe probe;
  probe.probe = {"8.0.0+driver", Arch::kX86_64, target, kernel, "1", kind};
  probe.asset_name =
      absl::StrCat("falco_", target, "_", kernel, "_1.", kind == Kind::kBpf ? "o" : "ko");
  probe.url = kFolder + probe.asset_name;
  probe.published_at = absl::FromUnixSeconds(1'700'000'000 + at);
  return probe;
}

std::string Notes(std::vector<IndexedProbe> probes, std::string const& key = "06e3fd8fda29bb60") {
  return RenderReleaseNotes({"8.0.0+driver/x86_64", std::move(probes)}, key);
}

TEST(ReleaseNotes, CountByOperatingSystemAndNameTheNewestKernels) {
  std::string const notes =
      Notes({Probe("debian", "6.1.9-1-amd64"), Probe("debian", "6.1.10-1-amd64"),
             Probe("debian", "6.1.10-1-amd64", Kind::kKmod), Probe("debian", "5.10.0-1-amd64"),
             Probe("debian", "4.19.0-1-amd64"), Probe("rocky", "5.14.0-70.el9_1.x86_64")});
  EXPECT_THAT(notes, HasSubstr("version `8.0.0+driver`: 6 files for 2 operating systems."));
  EXPECT_THAT(notes, HasSubstr("| `debian` | x86_64 | 4 | 4 | 1 | `6.1.10-1-amd64`, "
                               "`6.1.9-1-amd64`, `5.10.0-1-amd64` |\n"));
  EXPECT_THAT(notes, HasSubstr("| `rocky` | x86_64 | 1 | 1 | 0 | `5.14.0-70.el9_1.x86_64` |\n"));
}

TEST(ReleaseNotes, SayHowToDownloadAndVerifyTheNewestFile) {
  std::string const notes = Notes({Probe("debian", "6.2", Kind::kBpf, 5), Probe("debian", "6.1")});
  EXPECT_THAT(notes, HasSubstr(absl::StrCat("[index.json](<", kFolder, "index.json>)")));
  EXPECT_THAT(notes, HasSubstr(absl::StrCat("\n    curl -fLO '", kFolder,
                                            "falco_debian_6.2_1.o'\n    curl -fLO '", kFolder,
                                            "SHA256SUMS'\n    sha256sum -c --ignore-missing")));
  EXPECT_THAT(notes, HasSubstr("signed with key `06e3fd8fda29bb60`"));
  EXPECT_THAT(notes, HasSubstr("    openssl pkeyutl -verify -pubin -inkey farm.pub -rawin -in "
                               "SHA256SUMS -sigfile SHA256SUMS.sig\n"));
  EXPECT_THAT(notes, HasSubstr("    probefarm verify 'falco_debian_6.2_1.o' --tag "
                               "'8.0.0+driver/x86_64' --repository 'https://github.com/o/r' "
                               "--public-key farm.pub\n"));
}

TEST(ReleaseNotes, SayWhereNobodyHasSigned) {
  std::string const notes = Notes({Probe("debian", "6.1")}, "");
  EXPECT_THAT(notes, HasSubstr("Nobody has signed"));
  EXPECT_THAT(notes, Not(HasSubstr("openssl")));
}

TEST(ReleaseNotes, AreTheSameWhateverTheOrder) {
  std::vector<IndexedProbe> probes = {Probe("debian", "6.1"), Probe("debian", "6.2"),
                                      Probe("rocky", "5.14")};
  std::string const notes = Notes(probes);
  std::reverse(probes.begin(), probes.end());
  EXPECT_EQ(Notes(probes), notes);
}

TEST(ReleaseNotes, LetNoNameSayAnythingInMarkdownOrInAShell) {
  IndexedProbe evil = Probe("debian", "6.1`|<img src=x>\n# owned\n");
  evil.asset_name = "x'; rm -rf /; '\n# owned.o";
  evil.probe.driver_version = "`<script>`\n\n# owned";
  evil.url = "https://farm.example/a>)\n# owned/x.o";
  std::string const notes = Notes({evil});
  EXPECT_THAT(notes, HasSubstr("| `6.1???img src=x??# owned?` |\n"));
  EXPECT_THAT(notes, HasSubstr("probefarm verify 'x?; rm -rf /; ??# owned.o'"));
  EXPECT_THAT(notes, Not(HasSubstr("<img")));
  EXPECT_THAT(notes, Not(HasSubstr("<script")));
  for (absl::string_view const line : absl::StrSplit(notes, '\n'))
    EXPECT_THAT(std::string(line), Not(StartsWith("# ")));
}

TEST(ReleaseNotes, AreShortHoweverMuchTheReleaseHolds) {
  std::vector<IndexedProbe> probes;
  for (int i = 0; i < 5'000; ++i)
    probes.push_back(Probe(absl::StrCat("os", i % 1000, std::string(300, 'x')),
                           absl::StrCat(i, std::string(300, '`'))));
  for (IndexedProbe& probe : probes) probe.url = kFolder + std::string(3'000, 'y');
  std::string const notes = Notes(probes);
  EXPECT_LT(notes.size(), 60'000);
  EXPECT_THAT(notes, HasSubstr("and 920 more."));
  EXPECT_LT(MergeNotes("", notes)->size(), kLongestBody);
}

TEST(ReleaseNotes, OfAnEmptyReleaseSaySo) { EXPECT_THAT(Notes({}), HasSubstr("no driver")); }

TEST(MergeNotes, LeavesWhatPeopleWroteLetterByLetter) {
  std::string const first = *MergeNotes("Thanks to all!  \r\n", "ten\n");
  EXPECT_THAT(first, StartsWith("Thanks to all!  \r\n\n\n<!-- probefarm"));
  std::string const second = *MergeNotes(first + "\nPS: mind the gap", "eleven\n");
  EXPECT_THAT(second, StartsWith("Thanks to all!  \r\n\n\n<!--"));
  EXPECT_THAT(second, EndsWith("-->\nPS: mind the gap"));
  EXPECT_THAT(second, HasSubstr("eleven"));
  EXPECT_THAT(second, Not(HasSubstr("ten\n")));
}

TEST(MergeNotes, ChangesNothingTheSecondTime) {
  for (char const* body : {"", "Mine", "Mine\n\n"}) {
    std::string const once = *MergeNotes(body, "ten\n");
    EXPECT_EQ(MergeNotes(once, "ten\n"), once) << body;
  }
}

TEST(MergeNotes, TakesNothingForItsOwnThatLacksAMark) {
  std::string const ours = *MergeNotes("", "ten\n");
  size_t const line = ours.find('\n') + 1;
  std::string const no_begin = ours.substr(line) + "\nMine";
  std::string const no_end = ours.substr(0, line) + "Mine";
  for (std::string const& body : {no_begin, no_end}) {
    std::string const merged = *MergeNotes(body, "eleven\n");
    EXPECT_THAT(merged, StartsWith(body));
    EXPECT_EQ(MergeNotes(merged, "eleven\n"), merged);
    EXPECT_THAT(*MergeNotes(merged, "twelve\n"), HasSubstr("Mine"));
  }
}

TEST(MergeNotes, FindsItsMarksAfterAnEditInABrowser) {
  std::string ours = *MergeNotes("Mine", "ten\n");
  for (size_t at = ours.find('\n'); at != std::string::npos; at = ours.find('\n', at + 2))
    ours.insert(at, "\r");
  std::string const merged = *MergeNotes(ours, "eleven\n");
  EXPECT_THAT(merged, Not(HasSubstr("ten\n")));
  EXPECT_THAT(merged, Not(ContainsRegex("probefarm: end.*probefarm: end")));
}

TEST(MergeNotes, GivesUpBesideABodyThatLeavesNoRoom) {
  EXPECT_EQ(MergeNotes(std::string(kLongestBody, 'x'), "ten\n"), std::nullopt);
  EXPECT_NE(MergeNotes(std::string(kLongestBody - 200, 'x'), "ten\n"), std::nullopt);
}

}  // namespace
}  // namespace probefarm
