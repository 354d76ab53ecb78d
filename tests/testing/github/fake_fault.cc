#include "tests/testing/github/fake_fault.h"

#include <re2/re2.h>

#include <array>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

using Named = std::pair<absl::string_view, FakeFaultEffect>;

constexpr std::array<Named, 28> kEffects = {{
    {"drop", FakeFaultEffect::kDrop},
    {"commit-drop", FakeFaultEffect::kCommitThenDrop},
    {"stall", FakeFaultEffect::kStall},
    {"slow", FakeFaultEffect::kSlowBody},
    {"endless", FakeFaultEffect::kEndlessBody},
    {"truncated", FakeFaultEffect::kTruncatedJson},
    {"length-long", FakeFaultEffect::kLengthTooLong},
    {"length-short", FakeFaultEffect::kLengthTooShort},
    {"502", FakeFaultEffect::kBadGateway},
    {"502-starter", FakeFaultEffect::kBadGatewayStarter},
    {"early", FakeFaultEffect::kEarlyAnswer},
    {"404", FakeFaultEffect::kNotFound},
    {"status", FakeFaultEffect::kStatus},
    {"html", FakeFaultEffect::kHtml},
    {"403-retry-after", FakeFaultEffect::kRetryAfter},
    {"403-reset", FakeFaultEffect::kExhausted},
    {"403-bare", FakeFaultEffect::kBareForbidden},
    {"429", FakeFaultEffect::kTooManyRequests},
    {"429-bare", FakeFaultEffect::kBareTooMany},
    {"immutable", FakeFaultEffect::kImmutable},
    {"expire-token", FakeFaultEffect::kExpireToken},
    {"no-errors", FakeFaultEffect::kNoErrors},
    {"link-loop", FakeFaultEffect::kLoopingLink},
    {"link-foreign", FakeFaultEffect::kForeignLink},
    {"redirect", FakeFaultEffect::kRedirect},
    {"null-digest", FakeFaultEffect::kNullDigest},
    {"no-digest", FakeFaultEffect::kNoDigest},
    {"state", FakeFaultEffect::kState},
}};

absl::Status Refused(absl::string_view word, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("fault rule: \"", word, "\": ", why));
}

absl::StatusOr<FakeFaultEffect> ParseEffect(absl::string_view word) {
  for (auto const& [name, effect] : kEffects)
    if (name == word) return effect;
  return Refused(word, "no effect has that name");
}

// False when `value` is none.
bool SetNumber(FakeFault& fault, absl::string_view key, absl::string_view value) {
  if (key == "times") return absl::SimpleAtoi(value, &fault.times) && fault.times >= 0;
  if (key == "skip") return absl::SimpleAtoi(value, &fault.skip) && fault.skip >= 0;
  if (key == "every") return absl::SimpleAtoi(value, &fault.every) && fault.every > 0;
  if (key == "seed") return absl::SimpleAtoi(value, &fault.seed);
  if (key == "status") return absl::SimpleAtoi(value, &fault.status) && fault.status >= 200;
  if (key == "bytes") return absl::SimpleAtoi(value, &fault.bytes) && fault.bytes > 0;
  if (key == "delay") return absl::ParseDuration(value, &fault.delay);
  return key == "probability" && absl::SimpleAtod(value, &fault.probability) &&
         fault.probability >= 0 && fault.probability <= 1;
}

bool SetPath(FakeFault& fault, absl::string_view value) {
  fault.path = std::string(value);
  return re2::RE2(fault.path, re2::RE2::Quiet).ok();
}

absl::Status SetField(FakeFault& fault, absl::string_view word) {
  std::pair<absl::string_view, absl::string_view> const field =
      absl::StrSplit(word, absl::MaxSplits('=', 1));
  if (field.first == "kind") {
    ASSIGN_OR_RETURN(fault.kind, ParseFakeCallKind(field.second));
    return absl::OkStatus();
  }
  if (field.first == "text") {
    fault.text = std::string(field.second);
    return absl::OkStatus();
  }
  bool const set = field.first == "path" ? SetPath(fault, field.second)
                                         : SetNumber(fault, field.first, field.second);
  return set ? absl::OkStatus() : Refused(word, "no field of a rule, or no value for it");
}

}  // namespace

absl::StatusOr<FakeFault> ParseFakeFault(absl::string_view rule) {
  std::vector<absl::string_view> const words = absl::StrSplit(rule, ' ', absl::SkipEmpty());
  if (words.empty()) return Refused(rule, "it names no effect");
  FakeFault fault;
  ASSIGN_OR_RETURN(fault.effect, ParseEffect(words.front()));
  for (size_t i = 1; i < words.size(); ++i) RETURN_IF_ERROR(SetField(fault, words[i]));
  return fault;
}

}  // namespace probefarm
