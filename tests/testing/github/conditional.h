#pragma once

#include <string>

#include "tests/testing/github/answer.h"
#include "tests/testing/github/call.h"

namespace probefarm::fake_github {

// Gives a 200 of a GET its ETag, and makes it a 304 where If-None-Match knows it (RFC 9110, 13.1.2;
// weak comparison). The ETag is one of the body alone, so that a full last page stays the same when
// another follows it: only the 304's Link tells. `salt` goes into the ETag. Pure.
void AnswerConditionally(Call const& call, std::string const& salt, Answer& answer);

}  // namespace probefarm::fake_github
