#include "coordinator/store/sqlite/matches_function.h"

#include <sqlite3.h>

#include <memory>

#include "coordinator/store/sqlite/sqlite_status.h"
#include "re2/re2.h"

namespace probefarm {
namespace {

re2::StringPiece TextOf(sqlite3_value* value) {
  auto const* const text = reinterpret_cast<char const*>(sqlite3_value_text(value));
  return {text, static_cast<size_t>(sqlite3_value_bytes(value))};
}

void DeleteRegex(void* regex) { delete static_cast<RE2*>(regex); }

void Matches(sqlite3_context* context, int /*count*/, sqlite3_value** values) {
  re2::StringPiece const text = TextOf(values[1]);
  if (auto const* const kept = static_cast<RE2*>(sqlite3_get_auxdata(context, 0))) {
    sqlite3_result_int(context, RE2::PartialMatch(text, *kept) ? 1 : 0);
    return;
  }
  auto regex = std::make_unique<RE2>(TextOf(values[0]), RE2::Quiet);
  if (!regex->ok()) {
    sqlite3_result_error(context, regex->error().c_str(), -1);
    return;
  }
  sqlite3_result_int(context, RE2::PartialMatch(text, *regex) ? 1 : 0);
  sqlite3_set_auxdata(context, 0, regex.release(), &DeleteRegex);
}

}  // namespace

absl::Status AddMatchesFunction(sqlite3* db) {
  int const code =
      sqlite3_create_function_v2(db, "probefarm_matches", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                                 nullptr, &Matches, nullptr, nullptr, nullptr);
  return SqliteStatus(code, db, "add the function probefarm_matches");
}

}  // namespace probefarm
