#include "worker/artifact/small_elf.h"

namespace probefarm {
namespace {

template <class T>
void Append(std::string& out, T value) {
  for (size_t i = 0; i < sizeof(T); ++i) {
    out.push_back(static_cast<char>((static_cast<uint64_t>(value) >> (8 * i)) & 0xff));
  }
}

std::string FileHeader(uint16_t type, uint16_t machine, uint64_t table, uint16_t sections) {
  std::string out("\177ELF\2\1\1\0\0\0\0\0\0\0\0\0", 16);
  Append<uint16_t>(out, type);
  Append<uint16_t>(out, machine);
  Append<uint32_t>(out, 1);
  Append<uint64_t>(out, 0);  // entry
  Append<uint64_t>(out, 0);  // program headers
  Append<uint64_t>(out, table);
  Append<uint32_t>(out, 0);
  for (uint16_t field : {uint16_t{64}, uint16_t{0}, uint16_t{0}, uint16_t{64}, sections}) {
    Append<uint16_t>(out, field);
  }
  Append<uint16_t>(out, static_cast<uint16_t>(sections - 1));  // names come last
  return out;
}

std::string SectionHeader(uint64_t name, uint32_t type, uint64_t offset, uint64_t size) {
  std::string out;
  Append<uint32_t>(out, static_cast<uint32_t>(name));
  Append<uint32_t>(out, type);
  for (uint64_t field :
       {uint64_t{0}, uint64_t{0}, offset, size, uint64_t{0}, uint64_t{0}, uint64_t{0}}) {
    Append<uint64_t>(out, field);
  }
  out.resize(64);
  return out;
}

}  // namespace

SmallElf& SmallElf::Add(std::string name, std::string content) {
  sections_.emplace_back(std::move(name), std::move(content));
  return *this;
}

std::string SmallElf::Build() const {
  std::string names(1, '\0');
  std::string content;
  std::string headers = SectionHeader(0, 0, 0, 0);
  auto const add = [&](std::string const& name, std::string const& bytes) {
    headers += SectionHeader(names.size(), 1, 64 + content.size(), bytes.size());
    names += name + '\0';
    content += bytes;
  };
  for (auto const& [name, bytes] : sections_) add(name, bytes);
  headers += SectionHeader(0, 3, 64 + content.size(), names.size());
  content += names;
  auto const count = static_cast<uint16_t>(sections_.size() + 2);
  return FileHeader(type_, machine_, 64 + content.size(), count) + content + headers;
}

}  // namespace probefarm
