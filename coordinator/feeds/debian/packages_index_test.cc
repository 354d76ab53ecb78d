#include "coordinator/feeds/debian/packages_index.h"

#include <gmock/gmock.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "lib/runtime/status_macros.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm::debian {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string const kDigest(64, 'a');

std::string Stanza(std::string const& package) {
  return absl::StrCat("Package: ", package,
                      "\n"
                      "Version: 6.1.170-3\n"
                      "Description: header files\n"
                      " Version: not a field\n"
                      "Architecture: amd64\n"
                      "Depends: linux-kbuild-6.1 (>= 6.1.170-3),\n"
                      " linux-headers-6.1.0-47-common\n"
                      "Filename: pool/main/l/linux/x_1_amd64.deb\n"
                      "Size: 123\n"
                      "SHA256: ",
                      kDigest, "\n\n");
}

absl::StatusOr<std::vector<PackageStanza>> Parse(std::string const& text, size_t piece = 1000) {
  std::vector<PackageStanza> stanzas;
  PackagesParser parser([](absl::string_view package) { return package == "wanted"; },
                        [&](PackageStanza stanza) { stanzas.push_back(std::move(stanza)); });
  for (size_t i = 0; i < text.size(); i += piece)
    RETURN_IF_ERROR(parser.Add(text.substr(i, piece)));
  RETURN_IF_ERROR(parser.Finish());
  return stanzas;
}

PackageStanza const kExpected = {"wanted",
                                 "6.1.170-3",
                                 "amd64",
                                 "linux-kbuild-6.1 (>= 6.1.170-3), linux-headers-6.1.0-47-common",
                                 "pool/main/l/linux/x_1_amd64.deb",
                                 kDigest,
                                 123};

TEST(PackagesIndex, GivesTheWantedStanzas) {
  ASSERT_OK_AND_ASSIGN(auto stanzas, Parse(Stanza("other") + Stanza("wanted") + Stanza("third")));
  EXPECT_THAT(stanzas, ElementsAre(kExpected));
}

TEST(PackagesIndex, DoesNotCareHowItComesInPieces) {
  for (size_t const piece : {1, 2, 7, 100}) {
    ASSERT_OK_AND_ASSIGN(auto stanzas, Parse(Stanza("wanted") + Stanza("wanted"), piece));
    EXPECT_THAT(stanzas, ElementsAre(kExpected, kExpected)) << piece;
  }
}

TEST(PackagesIndex, TakesALastStanzaWithoutALineBreak) {
  std::string text = Stanza("wanted");
  text.resize(text.size() - 2);
  ASSERT_OK_AND_ASSIGN(auto stanzas, Parse(text));
  EXPECT_THAT(stanzas, ElementsAre(kExpected));
}

TEST(PackagesIndex, AnEmptyIndexHasNoPackages) {
  EXPECT_THAT(*Parse(""), IsEmpty());
  EXPECT_THAT(*Parse("\n\n\n"), IsEmpty());
}

TEST(PackagesIndex, NamesThePackageAndWhatIsWrongWithIt) {
  struct Case {
    std::string from, to, message;
  };
  for (Case const& c : {
           Case{"Version: 6", "Versio: 6", "package wanted: no Version"},
           Case{kDigest, "abc", "package wanted: no SHA256"},
           Case{"Size: 123", "Size: -1", "package wanted: no Size"},
           Case{"Size: 123", "Size: 99999999999999999999", "package wanted: no Size"},
           Case{"pool/main", "../main", "package wanted: no Filename within the archive"},
           Case{"pool/main", "/main", "package wanted: no Filename within the archive"},
           Case{"pool/main", "pool/ma\x01in", "package wanted: no Filename within the archive"},
           Case{"Size: 123", "Size: 123\nSize: 124", "package wanted: two fields Size"},
       }) {
    std::string const text = absl::StrReplaceAll(Stanza("wanted"), {{c.from, c.to}});
    EXPECT_THAT(Parse(text), StatusIs(absl::StatusCode::kDataLoss, HasSubstr(c.message))) << c.to;
  }
}

TEST(PackagesIndex, DoesNotLookAtWhatIsWrongInOthers) {
  std::string const text = absl::StrReplaceAll(Stanza("other"), {{kDigest, "abc"}});
  EXPECT_OK(Parse(text));
}

TEST(PackagesIndex, RefusesALineWithoutEnd) {
  EXPECT_THAT(Parse("Package: wanted\nDepends: " + std::string(2 << 20, 'x'), 4096),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("too long")));
  std::string folded = "Package: wanted\nDepends: a\n";
  for (int i = 0; i < 2000; ++i) absl::StrAppend(&folded, " ", std::string(1000, 'x'), "\n");
  EXPECT_THAT(Parse(folded), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("too long")));
}

}  // namespace
}  // namespace probefarm::debian
