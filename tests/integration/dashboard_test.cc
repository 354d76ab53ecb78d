// What deploy/ draws and alerts on, against what a running coordinator exports.
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "lib/runtime/status_matchers.h"
#include "lib/runtime/subprocess.h"
#include "tests/integration/small_farm.h"

namespace probefarm {
namespace {

using testing::Contains;
using testing::IsEmpty;

std::set<std::string> MetricsIn(std::string const& text) {
  static std::regex const metric("probefarm_[a-z_]+");
  std::set<std::string> names;
  for (std::sregex_iterator match(text.begin(), text.end(), metric), end; match != end; ++match) {
    names.insert(match->str());
  }
  return names;
}

std::set<std::string> MetricsInFile(std::string const& path) {
  std::ostringstream text;
  text << std::ifstream(absl::StrCat(DEPLOY_DIR, "/", path)).rdbuf();
  return MetricsIn(text.str());
}

class DashboardTest : public SmallFarm {
 protected:
  std::set<std::string> Exported() const {
    absl::StatusOr<SubprocessResult> const page =
        RunSubprocess({.argv = {"curl", "-sf", absl::StrCat("http://", farm_.http(), "/metrics")}});
    EXPECT_OK(page);
    return MetricsIn(page->output);
  }
};

// A farm that nothing has happened to yet exports all of them.
TEST_F(DashboardTest, NamesOnlyWhatTheCoordinatorExports) {
  std::set<std::string> named = MetricsInFile("grafana/dashboards/probefarm.json");
  named.merge(MetricsInFile("prometheus/alerts.yml"));
  ASSERT_THAT(named, Contains("probefarm_jobs_queued"));
  ASSERT_NO_FATAL_FAILURE(Start({}));
  EXPECT_OK(WaitUntil("every metric that is named is exported", [&] {
    for (std::string const& metric : Exported()) named.erase(metric);
    return named.empty();
  }));
  EXPECT_THAT(named, IsEmpty());
}

}  // namespace
}  // namespace probefarm
