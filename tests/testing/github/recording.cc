#include "tests/testing/github/recording.h"

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace probefarm::fake_github {
namespace {

using Json = nlohmann::json;

// A number where the recorder tidied up.
std::string AsText(Json const& value) {
  return value.is_string() ? value.get<std::string>() : JsonText(value);
}

// These describe the connection and the bytes, which are not the recorded ones.
bool IsOfTheWire(std::string const& name) {
  std::string const lower = absl::AsciiStrToLower(name);
  return lower == "content-length" || lower == "connection" || lower == "transfer-encoding" ||
         lower == "content-encoding";
}

void AddHeader(Answer& answer, std::string const& name, Json const& value) {
  if (!IsOfTheWire(name)) answer.headers.emplace_back(name, AsText(value));
}

void ReadHeaders(Json const& json, Answer& answer) {
  if (json.contains("headers"))
    for (auto const& [name, value] : json["headers"].items()) AddHeader(answer, name, value);
  if (!json.contains("rawHeaders")) return;
  Json const& raw = json["rawHeaders"];
  for (size_t i = 0; i + 1 < raw.size(); i += 2)
    AddHeader(answer, raw[i].get<std::string>(), raw[i + 1]);
}

RecordedStep ReadStep(Json const& json) {
  std::string const scope = json.at("scope");
  Host const host = absl::StrContains(scope, "uploads.") ? Host::kUploads : Host::kApi;
  Call const call = RouteCall(host, {.target = json.at("path").get<std::string>()});
  RecordedStep step{.host = host,
                    .method = absl::AsciiStrToUpper(json.at("method").get<std::string>()),
                    .path = call.path,
                    .query = call.query,
                    .body = AsText(json.value("body", Json("")))};
  step.answer.status = json.at("status");
  step.answer.body = AsText(json.value("response", Json("")));
  ReadHeaders(json, step.answer);
  return step;
}

bool SameBody(std::string const& recorded, std::string const& came) {
  Json const json = Json::parse(recorded, nullptr, /*allow_exceptions=*/false);
  return json.is_discarded() ? recorded == came
                             : json == Json::parse(came, nullptr, /*allow_exceptions=*/false);
}

}  // namespace

std::string RecordedStep::Name() const {
  return absl::StrCat(method, " ", path, " at the ", HostName(host), " listener");
}

absl::StatusOr<std::vector<RecordedStep>> ReadRecording(std::string const& file) {
  std::ifstream in(file);
  std::string const text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  std::vector<RecordedStep> steps;
  try {
    for (Json const& step : Json::parse(text)) steps.push_back(ReadStep(step));
  } catch (Json::exception const& error) {
    return absl::InvalidArgumentError(absl::StrCat("recording ", file, ": ", error.what()));
  }
  return steps;
}

std::string WhyNot(RecordedStep const& step, Call const& call, std::string const& body) {
  if (call.head.method != step.method || call.path != step.path || call.host != step.host)
    return "another call";
  if (!step.exact) return "";
  if (call.query != step.query) return "another query";
  return SameBody(step.body, body) ? "" : "another body";
}

Answer Localised(Answer answer, Urls const& urls) {
  auto const local = [&](std::string const& text) {
    return absl::StrReplaceAll(text, {{"https://api.github.com:443", urls.api},
                                      {"https://api.github.com", urls.api},
                                      {"https://uploads.github.com:443", urls.uploads},
                                      {"https://uploads.github.com", urls.uploads}});
  };
  answer.body = local(answer.body);
  for (auto& [name, value] : answer.headers) value = local(value);
  return answer;
}

}  // namespace probefarm::fake_github
