#pragma once

#include <optional>
#include <string>

#include "tests/testing/github/core.h"
#include "tests/testing/github/http_connection.h"

namespace probefarm::fake_github {

// One request of one connection: what it is, what strikes it, what is answered and how. Lives in
// the connection's thread.
class Exchange {
 public:
  // `core` and `connection` must outlive it. `authority` is the listener's own ("127.0.0.1:8080").
  Exchange(Core& core, HttpConnection& connection, Host host, std::string authority,
           RequestHead const& head);

  // Serves it. The connection may be used again afterwards if it says so.
  void Run();

 private:
  bool Struck(FakeFaultEffect effect) const { return fault_ && fault_->effect == effect; }
  // Null: the client is hung up on, or has gone.
  std::optional<Answer> Decide();
  std::optional<Answer> AnswerEarly();
  std::optional<Answer> AnswerAdmitted(Core::Admission const& admission);
  std::optional<Answer> AnswerUpload(Core::Admission const& admission);
  std::optional<Answer> AnswerOther(Core::Admission const& admission);
  // The body, of at most `most` bytes; nullopt when the client has gone, or sends more.
  std::optional<std::string> ReadBody(int64_t most);
  // Reads what is still to come and throws it away, unless the client waits for leave to send it.
  void SkipBody();
  void Send(Answer const& answer);
  void HangUp();

  Core& core_;
  HttpConnection& connection_;
  std::string const authority_;
  Call call_;
  std::optional<FakeFault> fault_;
};

}  // namespace probefarm::fake_github
