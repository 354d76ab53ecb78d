#include "coordinator/feeds/debian/packages_index.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "coordinator/feeds/debian/control_field.h"
#include "lib/digest/hex.h"
#include "lib/runtime/status_macros.h"

namespace probefarm::debian {
namespace {

constexpr size_t kMaxFieldBytes = size_t{1} << 20;

bool IsPathCharacter(char c) {
  return absl::ascii_isgraph(static_cast<unsigned char>(c)) && c != '?' && c != '#';
}

// It becomes part of a URL and, by its last part, the name of a file.
bool IsPoolPath(absl::string_view path) {
  std::vector<absl::string_view> const parts = absl::StrSplit(path, '/');
  return std::all_of(path.begin(), path.end(), IsPathCharacter) &&
         std::none_of(parts.begin(), parts.end(), [](absl::string_view part) {
           return part.empty() || part == "." || part == "..";
         });
}

absl::Status Check(PackageStanza& stanza, std::string const& size_text) {
  absl::string_view wrong;
  if (stanza.version.empty()) wrong = "no Version";
  if (stanza.architecture.empty()) wrong = "no Architecture";
  if (!IsPoolPath(stanza.filename)) wrong = "no Filename within the archive";
  if (!IsSha256Hex(stanza.sha256)) wrong = "no SHA256";
  if (!absl::SimpleAtoi(size_text, &stanza.size) || stanza.size < 0) wrong = "no Size";
  if (wrong.empty()) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("package ", stanza.package, ": ", wrong));
}

}  // namespace

PackagesParser::PackagesParser(Wanted wanted, Sink sink)
    : wanted_(std::move(wanted)), sink_(std::move(sink)) {}

absl::Status PackagesParser::Add(absl::string_view piece) {
  while (true) {
    size_t const end = piece.find('\n');
    if (end == absl::string_view::npos) break;
    absl::string_view line = piece.substr(0, end);
    if (!partial_line_.empty()) {
      absl::StrAppend(&partial_line_, line);
      line = partial_line_;
    }
    RETURN_IF_ERROR(AddLine(line));
    partial_line_.clear();
    piece.remove_prefix(end + 1);
  }
  absl::StrAppend(&partial_line_, piece);
  if (partial_line_.size() > kMaxFieldBytes)
    return absl::DataLossError(absl::StrCat("package ", stanza_.package, ": a line is too long"));
  return absl::OkStatus();
}

absl::Status PackagesParser::Finish() {
  RETURN_IF_ERROR(AddLine(std::exchange(partial_line_, "")));
  return EndStanza();
}

absl::Status PackagesParser::AddLine(absl::string_view line) {
  if (absl::StripAsciiWhitespace(line).empty()) return EndStanza();
  if (!IsContinuation(line)) return AddField(line);
  if (field_ == nullptr) return absl::OkStatus();
  absl::StrAppend(field_, " ", absl::StripAsciiWhitespace(line));
  if (field_->size() > kMaxFieldBytes)
    return absl::DataLossError(absl::StrCat("package ", stanza_.package, ": a field is too long"));
  return absl::OkStatus();
}

absl::Status PackagesParser::AddField(absl::string_view line) {
  std::pair<absl::string_view, std::string*> const fields[] = {
      {"Package", &stanza_.package},
      {"Version", &stanza_.version},
      {"Architecture", &stanza_.architecture},
      {"Depends", &stanza_.depends},
      {"Filename", &stanza_.filename},
      {"SHA256", &stanza_.sha256},
      {"Size", &size_text_}};
  field_ = nullptr;
  std::optional<ControlField> const read = ParseControlField(line);
  if (!read.has_value()) return absl::OkStatus();
  for (auto const& [name, field] : fields) {
    if (name != read->name) continue;
    if (!field->empty())
      return absl::DataLossError(absl::StrCat("package ", stanza_.package, ": two fields ", name));
    field->assign(read->value.data(), read->value.size());
    field_ = field;
  }
  return absl::OkStatus();
}

absl::Status PackagesParser::EndStanza() {
  if (!stanza_.package.empty() && wanted_(stanza_.package)) {
    RETURN_IF_ERROR(Check(stanza_, size_text_));
    sink_(std::exchange(stanza_, PackageStanza()));
  }
  stanza_ = PackageStanza();
  size_text_.clear();
  field_ = nullptr;
  return absl::OkStatus();
}

}  // namespace probefarm::debian
