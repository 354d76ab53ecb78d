#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace probefarm {

// Writes a JSON document, value by value, without insignificant space. The caller sees to it that
// the calls make one. Any bytes will do: those that are not UTF-8 become U+FFFD. Documents are
// stored and digests are made of them, so the bytes that are written for a value never change. Not
// thread-safe.
class JsonWriter {
 public:
  JsonWriter();

  void StartObject() { Open('{'); }
  void EndObject() { Close('}'); }
  void StartArray() { Open('['); }
  void EndArray() { Close(']'); }

  void Key(absl::string_view name);
  void String(absl::string_view text);
  void Int(int64_t number);
  void Double(double number);  // "4.0", with a point or an exponent; null when not finite

  // What was written. Called last, and once.
  std::string Take() { return std::move(document_); }

 private:
  void Separate();
  void Open(char bracket);
  void Close(char bracket);
  void Escape(absl::string_view text);

  std::string document_;
  bool first_ = true;  // nothing stands before the next value that a comma would part it from
};

}  // namespace probefarm
