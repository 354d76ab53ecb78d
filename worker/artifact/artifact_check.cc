#include "worker/artifact/artifact_check.h"

#include <optional>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "lib/runtime/status_macros.h"
#include "worker/artifact/elf_file.h"
#include "worker/artifact/mapped_file.h"
#include "worker/artifact/module_info.h"

namespace probefarm {
namespace {

constexpr size_t kMaxShown = 200;

// What was found is outside text: bounded and printable.
absl::Status Mismatch(absl::string_view what, absl::string_view expected, absl::string_view found) {
  return absl::FailedPreconditionError(absl::StrCat("artifact: ", what, " is \"",
                                                    absl::CHexEscape(found.substr(0, kMaxShown)),
                                                    "\", expected \"", expected, "\""));
}

absl::Status Missing(absl::string_view what) {
  return absl::FailedPreconditionError(absl::StrCat("artifact: it has no ", what));
}

absl::Status CheckMachine(ElfFile const& elf, ElfMachine expected) {
  if (elf.machine() == expected) return absl::OkStatus();
  return Mismatch("ELF machine", absl::StrCat(static_cast<int>(expected)),
                  absl::StrCat(static_cast<int>(elf.machine())));
}

absl::Status CheckRelocatable(ElfFile const& elf) {
  if (elf.type() == ElfType::kRelocatable) return absl::OkStatus();
  return Mismatch("ELF type", absl::StrCat(static_cast<int>(ElfType::kRelocatable)),
                  absl::StrCat(static_cast<int>(elf.type())));
}

absl::Status CheckHolds(ElfFile const& elf, absl::string_view section) {
  auto const content = elf.Section(section);
  if (content.has_value() && !content->empty()) return absl::OkStatus();
  return Missing(absl::StrCat("section ", section));
}

// The text of a section that holds one C string.
absl::Status CheckText(ElfFile const& elf, absl::string_view section, absl::string_view expected) {
  RETURN_IF_ERROR(CheckHolds(elf, section));
  absl::string_view const content = *elf.Section(section);
  absl::string_view const text = content.substr(0, content.find('\0'));
  if (text == expected) return absl::OkStatus();
  return Mismatch(absl::StrCat("section ", section), expected, text);
}

absl::Status CheckProbe(ElfFile const& elf, ArtifactExpectation const& expect) {
  RETURN_IF_ERROR(CheckMachine(elf, ElfMachine::kBpf));
  RETURN_IF_ERROR(CheckRelocatable(elf));
  RETURN_IF_ERROR(CheckText(elf, "kernel_version", expect.kernel_release));
  RETURN_IF_ERROR(CheckText(elf, "probe_version", expect.driver_version));
  RETURN_IF_ERROR(CheckHolds(elf, "license"));
  return CheckHolds(elf, "maps");
}

absl::Status CheckVermagic(absl::string_view modinfo, absl::string_view kernel_release) {
  auto const vermagic = ModuleInfo(modinfo, "vermagic");
  if (!vermagic.has_value()) return Missing("vermagic in .modinfo");
  std::string const release = vermagic->substr(0, vermagic->find(' '));
  if (release == kernel_release) return absl::OkStatus();
  return Mismatch("first word of vermagic", kernel_release, release);
}

absl::Status CheckModuleVersion(absl::string_view modinfo, absl::string_view driver_version) {
  auto const version = ModuleInfo(modinfo, "version");
  if (!version.has_value() || *version == driver_version) return absl::OkStatus();
  return Mismatch("version in .modinfo", driver_version, *version);
}

absl::Status CheckModule(ElfFile const& elf, Arch arch, ArtifactExpectation const& expect) {
  RETURN_IF_ERROR(
      CheckMachine(elf, arch == Arch::kX86_64 ? ElfMachine::kX86_64 : ElfMachine::kAarch64));
  RETURN_IF_ERROR(CheckRelocatable(elf));
  RETURN_IF_ERROR(CheckHolds(elf, ".gnu.linkonce.this_module"));
  RETURN_IF_ERROR(CheckHolds(elf, ".modinfo"));
  absl::string_view const modinfo = *elf.Section(".modinfo");
  RETURN_IF_ERROR(CheckVermagic(modinfo, expect.kernel_release));
  return CheckModuleVersion(modinfo, expect.driver_version);
}

}  // namespace

absl::Status CheckArtifactBytes(absl::string_view bytes, Kind kind, Arch arch,
                                ArtifactExpectation const& expect) {
  auto const elf = ElfFile::Parse(bytes);
  if (!elf.ok()) {
    return absl::FailedPreconditionError(absl::StrCat("artifact: ", elf.status().message()));
  }
  return kind == Kind::kBpf ? CheckProbe(*elf, expect) : CheckModule(*elf, arch, expect);
}

absl::Status CheckArtifact(std::string const& path, Kind kind, Arch arch,
                           ArtifactExpectation const& expect) {
  ASSIGN_OR_RETURN(auto const file, MappedFile::Open(path));
  return CheckArtifactBytes(file.bytes(), kind, arch, expect);
}

}  // namespace probefarm
