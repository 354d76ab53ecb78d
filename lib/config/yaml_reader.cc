#include "lib/config/yaml_reader.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "lib/config/yaml_document.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr size_t kMaxFileBytes = size_t{1} << 20;
constexpr int kMaxValues = 100000;

absl::StatusOr<std::string> ReadBounded(std::string const& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return absl::NotFoundError(absl::StrCat("open ", file, ": ", std::strerror(errno)));
  std::string text(kMaxFileBytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad())
    return absl::UnavailableError(absl::StrCat("read ", file, ": ", std::strerror(errno)));
  text.resize(static_cast<size_t>(stream.gcount()));
  if (text.size() > kMaxFileBytes)
    return absl::InvalidArgumentError(absl::StrCat(file, ": is larger than 1 MB"));
  return text;
}

// "drivers[12].kinds" as "drivers[].kinds".
std::string WithoutIndexes(std::string path) {
  path.erase(std::remove_if(path.begin(), path.end(),
                            [in_index = false](char c) mutable {
                              if (c == '[') in_index = true;
                              if (c == ']') in_index = false;
                              return in_index && absl::ascii_isdigit(c);
                            }),
             path.end());
  return path;
}

int LineOf(YAML::Mark const& mark) { return std::max(mark.line + 1, 1); }

}  // namespace

int LineOf(YAML::Node const& node) { return LineOf(node.Mark()); }

YamlDocument::YamlDocument(std::string file) : file_(std::move(file)), errors_(file_) {}

absl::Status YamlDocument::Read(YamlMapping::Reader const& read) {
  ASSIGN_OR_RETURN(std::string const text, ReadBounded(file_));
  try {
    ReadText(text, read);
  } catch (YAML::Exception const& error) {
    errors_.Add(LineOf(error.mark), "", error.msg);
  }
  return errors_.ToStatus();
}

void YamlDocument::ReadText(std::string const& text, YamlMapping::Reader const& read) {
  std::vector<YAML::Node> const documents = YAML::LoadAll(text);
  if (documents.size() > 1) {
    errors_.Add(LineOf(documents[1]), "", "a second YAML document begins");
    return;
  }
  YAML::Node const top = documents.empty() ? YAML::Node() : documents[0];
  if (top.IsMap() || top.IsNull()) {
    ReadMapping(top, "", 1, read);
  } else {
    errors_.Add(LineOf(top), "", "the file is not a mapping of keys to values");
  }
}

void YamlDocument::ReadMapping(YAML::Node const& node, std::string const& path, int line,
                               YamlMapping::Reader const& read) {
  YamlMapping mapping(node, path, line, *this);
  read(mapping);
  mapping.ReportUnknownKeys();
}

bool YamlDocument::CountValue(int line) {
  if (++values_ == kMaxValues)
    errors_.Add(line, "", absl::StrCat("the file has more than ", kMaxValues, " values"));
  return values_ < kMaxValues;
}

void YamlDocument::NoteAsked(std::string const& path, bool present) {
  bool& stands = asked_[WithoutIndexes(path)];
  stands = stands || present;
}

std::vector<std::string> YamlDocument::AbsentKeys() const {
  std::vector<std::string> absent;
  for (auto const& [path, stands] : asked_) {
    if (!stands) absent.push_back(path);
  }
  return absent;
}

absl::Status ReadYamlFile(std::string const& file, YamlMapping::Reader const& read) {
  return YamlDocument(file).Read(read);
}

absl::StatusOr<std::vector<std::string>> FindAbsentKeys(std::string const& file,
                                                        YamlMapping::Reader const& read) {
  YamlDocument document(file);
  RETURN_IF_ERROR(document.Read(read));
  return document.AbsentKeys();
}

}  // namespace probefarm
