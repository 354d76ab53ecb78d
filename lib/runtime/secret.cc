#include "lib/runtime/secret.h"

#include <cstring>
#include <utility>

namespace probefarm {

void Wipe(std::string& text) {
  // All of the capacity becomes part of the text, without a new allocation.
  text.resize(text.capacity());
  explicit_bzero(text.data(), text.size());
  text.clear();
}

Secret::Secret(std::string&& text) : text_(text) { Wipe(text); }

// A short text lies inside of the std::string: moving it leaves a copy behind.
Secret::Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { Wipe(other.text_); }

Secret& Secret::operator=(Secret const& other) {
  if (this == &other) return *this;
  // A longer text would move to another allocation and leave the old one as it is.
  Wipe(text_);
  text_ = other.text_;
  return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  Wipe(text_);
  text_ = std::move(other.text_);
  Wipe(other.text_);
  return *this;
}

Secret::~Secret() { Wipe(text_); }

}  // namespace probefarm
