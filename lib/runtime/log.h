#pragma once

#include <initializer_list>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace probefarm {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// One `key=value` of a log line; values are quoted when they need it. Usual keys: job, epoch,
// worker, probe, error.
struct LogField {
  LogField(absl::string_view key, absl::AlphaNum const& value) : key(key), value(value.Piece()) {}
  absl::string_view key;
  std::string value;
};

// Writes `time level "message" key=value …` to stderr, one line whole. Thread-safe. Never pass a
// token or a key: nothing here can tell a secret from a name.
void Log(LogLevel level, absl::string_view message, std::initializer_list<LogField> fields = {});

// Lines below `level` are dropped; kInfo to begin with. Thread-safe.
void SetLogLevel(LogLevel level);

}  // namespace probefarm
