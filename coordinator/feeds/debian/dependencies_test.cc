#include "coordinator/feeds/debian/dependencies.h"

#include <gmock/gmock.h>

#include "lib/runtime/status_matchers.h"

namespace probefarm::debian {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Dependencies, ReadsClausesAlternativesAndRelations) {
  ASSERT_OK_AND_ASSIGN(
      std::vector<Alternatives> clauses,
      ParseDependencies("linux-headers-6.1.0-47-common (= 6.1.170-3), "
                        "linux-kbuild-6.1 (>= 6.1.170-3),python3:any(<<4) | gcc-12"));
  EXPECT_THAT(clauses,
              ElementsAre(ElementsAre(Dependency{"linux-headers-6.1.0-47-common",
                                                 VersionRelation::kEqual, "6.1.170-3"}),
                          ElementsAre(Dependency{"linux-kbuild-6.1", VersionRelation::kAtLeast,
                                                 "6.1.170-3"}),
                          ElementsAre(Dependency{"python3", VersionRelation::kEarlier, "4"},
                                      Dependency{"gcc-12", VersionRelation::kAny, ""})));
}

TEST(Dependencies, AnEmptyFieldHasNone) {
  EXPECT_THAT(*ParseDependencies(""), IsEmpty());
  EXPECT_THAT(*ParseDependencies(" , "), IsEmpty());
}

TEST(Dependencies, QuotesWhatCannotBeRead) {
  for (std::string const text : {"a (= 1", "a (~ 1)", "a (>=)", "a |", "a b", "a (= 1) x", "a()"}) {
    EXPECT_THAT(ParseDependencies("ok, " + text),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(text)))
        << text;
  }
}

TEST(Dependencies, AreWrittenAsTheyStandInAField) {
  for (std::string const text : {"linux-kbuild-6.1 (>= 6.1.170-3)", "a | b (<< 2)", "a (>> 1)"}) {
    ASSERT_OK_AND_ASSIGN(std::vector<Alternatives> clauses, ParseDependencies(text));
    EXPECT_EQ(ToString(clauses.at(0)), text);
  }
}

TEST(Dependencies, TakeTheObsoleteRelationsAsTheyAreMeant) {
  EXPECT_EQ(ParseDependencies("a (< 1)")->at(0).at(0).relation, VersionRelation::kAtMost);
  EXPECT_EQ(ParseDependencies("a (> 1)")->at(0).at(0).relation, VersionRelation::kAtLeast);
}

TEST(Dependencies, AreSatisfiedByVersions) {
  struct Case {
    VersionRelation relation;
    bool by_1, by_2, by_3;
  };
  for (Case const& c : {Case{VersionRelation::kAny, true, true, true},
                        Case{VersionRelation::kEarlier, true, false, false},
                        Case{VersionRelation::kAtMost, true, true, false},
                        Case{VersionRelation::kEqual, false, true, false},
                        Case{VersionRelation::kAtLeast, false, true, true},
                        Case{VersionRelation::kLater, false, false, true}}) {
    Dependency const dependency{"a", c.relation, "2-1"};
    EXPECT_EQ(Satisfies(dependency, "1-1"), c.by_1) << ToString(dependency);
    EXPECT_EQ(Satisfies(dependency, "2-1"), c.by_2) << ToString(dependency);
    EXPECT_EQ(Satisfies(dependency, "3-1"), c.by_3) << ToString(dependency);
  }
}

}  // namespace
}  // namespace probefarm::debian
