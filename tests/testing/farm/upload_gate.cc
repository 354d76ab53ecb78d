#include "tests/testing/farm/upload_gate.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace probefarm {

UploadGate::UploadGate(std::string http, Uploads uploads)
    : http_(std::move(http)),
      client_(MakeHttpClient("upload-gate")),
      uploads_(uploads),
      server_([this](ScriptedExchange& exchange) { Answer(exchange); }) {}

UploadGate::~UploadGate() { Set(Uploads::kPass); }

void UploadGate::Set(Uploads uploads) {
  {
    MutexLock lock(mu_);
    uploads_ = uploads;
  }
  changed_.NotifyAll();
}

int UploadGate::stopped() const {
  MutexLock lock(mu_);
  return stopped_;
}

void UploadGate::CountStopped() {
  MutexLock lock(mu_);
  ++stopped_;
}

void UploadGate::Answer(ScriptedExchange& exchange) {
  if (exchange.request().method != "PUT") {
    std::string const target = absl::StrCat("http://", http_, exchange.request().target);
    return exchange.Answer(302, "", {{"Location", target}});
  }
  Uploads uploads = Uploads::kPass;
  bool waited = false;
  {
    MutexLock lock(mu_);
    waited = uploads_ == Uploads::kWait;
    if (waited) ++stopped_;
    while (uploads_ == Uploads::kWait) changed_.Wait(mu_);
    uploads = uploads_;
  }
  if (uploads != Uploads::kLost) Forward(exchange, uploads == Uploads::kPass);
  if (uploads == Uploads::kPass) return;
  if (!waited) CountStopped();
  exchange.WaitForHangUp();
}

void UploadGate::Forward(ScriptedExchange& exchange, bool answer) {
  HttpRequest request;
  request.method = "PUT";
  request.url = absl::StrCat("http://", http_, exchange.request().target);
  request.body = exchange.ReadBody();
  absl::StatusOr<HttpResponse> const response = client_->Send(request);
  if (!answer) return;
  if (!response.ok()) return exchange.HangUp();
  exchange.Answer(response->status, response->body);
}

}  // namespace probefarm
