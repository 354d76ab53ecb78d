#include "lib/runtime/failpoint.h"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"

namespace probefarm {
namespace {

constexpr char kVariable[] = "PROBEFARM_FAILPOINT";

struct Setting {
  std::string name;
  int hits = 1;
  absl::Duration delay;
};

std::optional<Setting> Parse(absl::string_view text) {
  std::vector<std::string> const parts = absl::StrSplit(text, ':');
  Setting setting;
  setting.name = parts[0];
  int delay = 0;
  if (parts.size() > 3 || setting.name.empty()) return std::nullopt;
  if (parts.size() > 1 && (!absl::SimpleAtoi(parts[1], &setting.hits) || setting.hits < 1))
    return std::nullopt;
  if (parts.size() > 2 && (!absl::SimpleAtoi(parts[2], &delay) || delay < 0)) return std::nullopt;
  setting.delay = absl::Microseconds(delay);
  return setting;
}

std::optional<Setting> FromEnvironment() {
  char const* const text = std::getenv(kVariable);  // NOLINT(concurrency-mt-unsafe): never set here
  if (text == nullptr) return std::nullopt;
  std::optional<Setting> setting = Parse(text);
  if (!setting) {
    std::cerr << kVariable << ": '" << text << "' is not NAME, NAME:HIT or NAME:HIT:MICROSECONDS\n";
    _exit(2);
  }
  return setting;
}

}  // namespace

void Failpoint(absl::string_view name) {
  static std::optional<Setting> const setting = FromEnvironment();
  static std::atomic<int> left = setting ? setting->hits : 0;
  if (!setting || setting->name != name || --left != 0) return;
  if (setting->delay == absl::ZeroDuration()) std::raise(SIGKILL);
  std::thread([] {
    absl::SleepFor(setting->delay);
    std::raise(SIGKILL);
  }).detach();
}

}  // namespace probefarm
