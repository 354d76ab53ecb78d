#pragma once

#include <string>

#include "tests/testing/github/answer.h"
#include "tests/testing/github/core.h"

namespace probefarm::fake_github {

// What tests in other processes do to the fake, by HTTP at the API's listener. Bodies and answers
// are JSON; 400 with a message for what is not understood. No call here is counted.
//
//   POST   /_control/faults        {"rule": "502-starter kind=upload"}   fake_fault.h
//   DELETE /_control/faults
//   POST   /_control/clock         {"advance_seconds": 5}
//   POST   /_control/lag           {"list_seconds": 3, "list_most_seconds": 30, "seed": 1,
//                                   "tag_seconds": 2}
//   POST   /_control/limits        {"assets_a_release": 10, …}           fake_limits.h
//   POST   /_control/repositories  {"name": "o/r", "default_branch": "main", …}  fake_release.h
//   POST   /_control/tokens        {"value": "secret", "may_write": true, "expires_in_seconds": 60,
//   …} POST   /_control/apps          {"issuer": "1", "public_key": "-----BEGIN …", "installation":
//   7, …} POST   /_control/assets        {"repository", "tag", "name", "text"} or an array of them:
//   planted
//                                  past all rules, replacing the one of that name, with its release
//                                  ("size", "digest", "state", "label" too)
//   DELETE /_control/assets?repository=o/r&id=7
//   GET    /_control/state         releases and assets, all of them
//   GET    /_control/counters, /_control/requests;  DELETE /_control/counters
Answer AnswerControl(Core& core, Call const& call, std::string const& body);

}  // namespace probefarm::fake_github
