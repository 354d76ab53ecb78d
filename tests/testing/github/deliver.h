#pragma once

#include <optional>

#include "tests/testing/github/answer.h"
#include "tests/testing/github/fake_fault.h"
#include "tests/testing/github/http_connection.h"

namespace probefarm::fake_github {

// Sends an answer, whole or as the fault has it: slowly, without end, cut short, of another length
// than it says. `head_only` for HEAD. Blocks until it is sent or the client has gone.
void Deliver(HttpConnection& connection, Answer const& answer, bool head_only,
             std::optional<FakeFault> const& fault);

}  // namespace probefarm::fake_github
