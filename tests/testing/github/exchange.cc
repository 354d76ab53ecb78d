#include "tests/testing/github/exchange.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/testing/github/control.h"
#include "tests/testing/github/deliver.h"
#include "tests/testing/github/fault_answer.h"

namespace probefarm::fake_github {
namespace {

using Effect = FakeFaultEffect;

constexpr int64_t kMaxJson = 64 << 20;
constexpr size_t kPiece = size_t{1} << 20;
constexpr absl::Duration kLinger = absl::Seconds(1);
constexpr absl::Duration kForEver = absl::Hours(24);

bool IsControl(Call const& call) {
  return call.host == Host::kApi && absl::StartsWith(call.path, "/_control/");
}

// Whether a host that is named so is this one. A client that resolves a name itself may say
// localhost.
bool IsHost(std::string const& named, std::string const& authority, Urls const& urls, Host host) {
  std::string const& url = host == Host::kUploads ? urls.uploads : urls.api;
  return named == authority || absl::EndsWith(url, absl::StrCat("//", named)) ||
         (absl::StartsWith(named, "localhost:") &&
          named.substr(named.find(':')) == authority.substr(authority.find(':')));
}

Answer NoUserAgent() {
  return ErrorAnswer(403,
                     "Request forbidden by administrative rules. Please make sure your request has "
                     "a User-Agent header.");
}

}  // namespace

Exchange::Exchange(Core& core, HttpConnection& connection, Host host, std::string authority,
                   RequestHead const& head)
    : core_(core),
      connection_(connection),
      authority_(std::move(authority)),
      call_(RouteCall(host, head)) {
  call_.now = core_.Now();
}

void Exchange::Run() {
  if (IsControl(call_)) {
    std::optional<std::string> const body = ReadBody(kMaxJson);
    if (body) Send(AnswerControl(core_, call_, *body));
    return;
  }
  size_t const number =
      core_.Log(call_, IsHost(call_.head.Header("host"), authority_, core_.urls(), call_.host));
  fault_ = core_.Strike(call_);
  std::optional<Answer> const answer = Decide();
  if (!answer) return HangUp();
  // Logged first: a test that has its answer finds it in the log.
  core_.LogStatus(number, answer->status);
  Send(*answer);
}

std::optional<Answer> Exchange::Decide() {
  if (Struck(Effect::kDrop)) return std::nullopt;
  if (Struck(Effect::kEarlyAnswer)) return AnswerEarly();
  if (Struck(Effect::kExpireToken)) core_.ExpireTokenOf(call_);
  if (Struck(Effect::kStall)) {
    SkipBody();
    connection_.WaitForHangUp(kForEver);
    return std::nullopt;
  }
  std::optional<Answer> instead =
      fault_ ? AnswerInstead(*fault_, core_.urls(), call_.now) : std::nullopt;
  if (instead) {
    SkipBody();
    return instead;
  }
  Core::Admission const admission = core_.Begin(call_);
  std::optional<Answer> answer = AnswerAdmitted(admission);
  Answer gone{.status = 499};
  core_.End(call_, admission, answer ? *answer : gone);
  if (Struck(Effect::kCommitThenDrop)) return std::nullopt;
  if (answer && fault_)
    SpoilAnswer(*fault_, core_.urls(), absl::StrCat("http://", authority_, call_.head.target),
                *answer);
  return answer;
}

std::optional<Answer> Exchange::AnswerEarly() {
  int64_t left = fault_->bytes > 0 ? fault_->bytes : 1;
  while (left > 0) {
    std::optional<std::string> const piece = connection_.ReadPiece(left);
    if (!piece) return std::nullopt;
    if (piece->empty()) break;
    left -= std::ssize(*piece);
  }
  return AnswerInstead(*fault_, core_.urls(), call_.now);
}

std::optional<Answer> Exchange::AnswerAdmitted(Core::Admission const& admission) {
  if (call_.head.Header("user-agent").empty()) {
    SkipBody();
    return NoUserAgent();
  }
  if (admission.refused) {
    SkipBody();
    return admission.refused;
  }
  return call_.kind == FakeCallKind::kUpload ? AnswerUpload(admission) : AnswerOther(admission);
}

std::optional<Answer> Exchange::AnswerUpload(Core::Admission const& admission) {
  if (std::optional<Answer> refused = core_.RefuseUpload(call_, admission.caller)) {
    SkipBody();
    return refused;
  }
  std::optional<std::string> body = ReadBody(connection_.declared_size());
  if (!body) {
    if (core_.starter_on_abort()) core_.LeaveStarter(call_, admission.caller);
    return std::nullopt;
  }
  if (Struck(Effect::kBadGatewayStarter)) {
    core_.LeaveStarter(call_, admission.caller);
    return HtmlAnswer(502, "502 Bad Gateway");
  }
  return core_.Upload(call_, admission.caller, *std::move(body), fault_);
}

std::optional<Answer> Exchange::AnswerOther(Core::Admission const& admission) {
  std::optional<std::string> body = ReadBody(kMaxJson);
  if (!body) return std::nullopt;
  call_.body = *std::move(body);
  return core_.Perform(call_, admission.caller);
}

std::optional<std::string> Exchange::ReadBody(int64_t most) {
  std::string body;
  while (true) {
    std::optional<std::string> const piece = connection_.ReadPiece(kPiece);
    if (!piece || std::ssize(body) + std::ssize(*piece) > most) return std::nullopt;
    if (piece->empty()) return body;
    body += *piece;
  }
}

void Exchange::SkipBody() {
  if (connection_.awaits_continue()) return;
  std::optional<std::string> piece;
  do {
    piece = connection_.ReadPiece(kPiece);
  } while (piece && !piece->empty());
}

void Exchange::Send(Answer const& answer) {
  if (absl::EqualsIgnoreCase(call_.head.Header("connection"), "close")) connection_.Spoil();
  bool const body_left = !connection_.body_read();
  Deliver(connection_, answer, call_.head.method == "HEAD", fault_);
  if (!body_left) return;
  connection_.Spoil();
  connection_.Linger(kLinger);
}

void Exchange::HangUp() { connection_.Spoil(); }

}  // namespace probefarm::fake_github
