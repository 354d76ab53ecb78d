#pragma once

#include <initializer_list>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace probefarm {

// kDebug: for whoever looks for a fault. kInfo: what the program does. kWarning: something failed
// and is dealt with. kError: something failed that a person should know of.
enum class LogLevel { kDebug, kInfo, kWarning, kError };

// One `key=value` of a log line; values are quoted when they need it, and line ends in them
// escaped. Usual keys: job, epoch, worker, probe, error. Lives no longer than the call of Log(): it
// refers to `key`.
struct LogField {
  LogField(absl::string_view key, absl::AlphaNum const& value) : key(key), value(value.Piece()) {}
  absl::string_view key;
  std::string value;
};

// Writes `time level message key=value …` to stderr, one line whole, the time in UTC with
// milliseconds. Thread-safe; blocks as long as stderr does. Never pass a token or a key: nothing
// here can tell a secret from a name.
//
//   Log(LogLevel::kInfo, "build starts", {{"job", 17}, {"probe", Describe(probe)}});
//   2026-11-22T14:00:00.123Z info build starts job=17 probe="8.0.0+driver debian …"
void Log(LogLevel level, absl::string_view message, std::initializer_list<LogField> fields = {});

// Lines below `level` are dropped; kInfo to begin with. For the whole process. Thread-safe.
void SetLogLevel(LogLevel level);

}  // namespace probefarm
