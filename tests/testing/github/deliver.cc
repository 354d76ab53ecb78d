#include "tests/testing/github/deliver.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace probefarm::fake_github {
namespace {

using Effect = FakeFaultEffect;

constexpr int64_t kTooMuch = 100;
constexpr size_t kEndlessPiece = size_t{16} << 10;

bool HasBody(Answer const& answer) { return answer.status != 204 && answer.status != 304; }

void SendWhole(HttpConnection& connection, Answer const& answer, bool head_only) {
  absl::string_view const body = answer.bytes();
  int64_t const length = HasBody(answer) ? static_cast<int64_t>(body.size()) : -1;
  std::string const head = AnswerHead(answer, length, connection.reusable());
  bool const with_body = HasBody(answer) && !head_only;
  // Small answers in one piece: a client that polls has it at once.
  if (with_body && body.size() < kEndlessPiece) {
    connection.Send(absl::StrCat(head, body));
  } else if (connection.Send(head) && with_body) {
    connection.Send(body);
  }
}

void SendSlowly(HttpConnection& connection, Answer const& answer, FakeFault const& fault) {
  size_t const piece = fault.bytes > 0 ? fault.bytes : 1;
  absl::Duration const pause =
      fault.delay > absl::ZeroDuration() ? fault.delay : absl::Milliseconds(100);
  absl::string_view rest = answer.bytes();
  bool there = connection.Send(AnswerHead(answer, static_cast<int64_t>(rest.size()), false));
  while (there && !rest.empty()) {
    there = connection.Send(rest.substr(0, piece)) && !connection.WaitForHangUp(pause);
    rest.remove_prefix(std::min(piece, rest.size()));
  }
}

void SendWithoutEnd(HttpConnection& connection, Answer answer) {
  answer.headers.emplace_back("Transfer-Encoding", "chunked");
  std::string const more(kEndlessPiece, 'a');
  bool there =
      connection.Send(AnswerHead(answer, -1, false)) && connection.Send("b\r\n[{\"name\": \"\r\n");
  while (there) there = connection.Send(absl::StrCat(absl::Hex(more.size()), "\r\n", more, "\r\n"));
}

void SendOtherLength(HttpConnection& connection, Answer const& answer, int64_t length,
                     size_t sent) {
  connection.Send(absl::StrCat(AnswerHead(answer, length, false), answer.bytes().substr(0, sent)));
}

}  // namespace

void Deliver(HttpConnection& connection, Answer const& answer, bool head_only,
             std::optional<FakeFault> const& fault) {
  auto const size = static_cast<int64_t>(answer.bytes().size());
  Effect const effect = fault ? fault->effect : Effect::kNotFound;
  bool const spoilt = effect == Effect::kSlowBody || effect == Effect::kEndlessBody ||
                      effect == Effect::kTruncatedJson || effect == Effect::kLengthTooLong ||
                      effect == Effect::kLengthTooShort;
  if (spoilt) connection.Spoil();
  if (effect == Effect::kSlowBody) return SendSlowly(connection, answer, *fault);
  if (effect == Effect::kEndlessBody) return SendWithoutEnd(connection, answer);
  if (effect == Effect::kTruncatedJson)
    return SendOtherLength(connection, answer, size / 2, size / 2);
  if (effect == Effect::kLengthTooLong)
    return SendOtherLength(connection, answer, size + kTooMuch, size);
  if (effect == Effect::kLengthTooShort) return SendOtherLength(connection, answer, size / 2, size);
  SendWhole(connection, answer, head_only);
}

}  // namespace probefarm::fake_github
