#pragma once

#include <ostream>
#include <string>

namespace probefarm {

// A token or a key, kept from where it does not belong: nothing prints it, and it converts to no
// text, so that Log(), absl::StrCat() and streams do not take it. Its memory is wiped when it is
// destroyed, moved from or assigned. Who reveals it answers for where it goes: into a request's
// header, never into a message. Not thread-safe.
//
//   request.headers.emplace_back("Authorization", absl::StrCat("Bearer ", token.Reveal()));
class Secret {
 public:
  Secret() = default;
  // Wipes what it was given.
  explicit Secret(std::string&& text);
  Secret(Secret const& other) = default;
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret const& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  std::string const& Reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

  friend bool operator==(Secret const&, Secret const&) = default;
  friend std::ostream& operator<<(std::ostream&, Secret const&) = delete;
  // GoogleTest would print the bytes of what cannot be streamed.
  friend void PrintTo(Secret const&, std::ostream* out) { *out << "a secret"; }

 private:
  std::string text_;
};

// Overwrites the text, spare capacity included, in a way that no compiler leaves out, and empties
// it.
void Wipe(std::string& text);

}  // namespace probefarm
