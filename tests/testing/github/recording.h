#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/testing/github/answer.h"
#include "tests/testing/github/call.h"
#include "tests/testing/github/shapes.h"

namespace probefarm::fake_github {

// One step of a recording: what was asked, and what came back.
struct RecordedStep {
  Host host = Host::kApi;
  std::string method;
  std::string path;
  std::map<std::string, std::string> query;
  std::string body;  // JSON as text, or as it is
  // Query and body must be the recorded ones, too. A client of another make may ask for longer
  // pages, and name fewer fields.
  bool exact = true;
  Answer answer;  // with the URLs of the real GitHub

  std::string Name() const;
};

// INVALID_ARGUMENT when the file cannot be read or is no recording of nock's.
absl::StatusOr<std::vector<RecordedStep>> ReadRecording(std::string const& file);

// Why a request is not this step; empty when it is. Pure.
std::string WhyNot(RecordedStep const& step, Call const& call, std::string const& body);
// The step's answer, with the listeners' URLs in place of the real ones. Pure.
Answer Localised(Answer answer, Urls const& urls);

}  // namespace probefarm::fake_github
