#include "lib/runtime/secret.h"

#include <gtest/gtest.h>
#include <spdlog/fmt/fmt.h>

#include <array>
#include <memory>
#include <new>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "lib/runtime/log.h"

namespace probefarm {
namespace {

template <class T>
concept Streamable = requires(std::ostream& out, T const& value) {
  out << value;
};

static_assert(Streamable<std::string>);
static_assert(!Streamable<Secret>);
static_assert(!std::is_constructible_v<absl::AlphaNum, Secret const&>);
static_assert(!std::is_convertible_v<Secret, std::string>);
static_assert(!std::is_convertible_v<Secret, absl::string_view>);
static_assert(!std::is_constructible_v<LogField, char const*, Secret const&>);
static_assert(!fmt::is_formattable<Secret>::value);

// Long enough for an allocation of its own, and short enough to lie inside of the object.
constexpr char kLong[] = "ghs_0123456789abcdefghijklmnopqrstuvwxyz";
constexpr char kShort[] = "ghp_short";

// Memory that outlives the secret in it, so that a test can look at what is left.
class Grave {
 public:
  Secret* Put(std::string text) { return new (memory_.data()) Secret(std::move(text)); }
  bool Holds(std::string const& text) const {
    return std::string(memory_.begin(), memory_.end()).find(text) != std::string::npos;
  }

 private:
  alignas(Secret) std::array<char, sizeof(Secret)> memory_{};
};

TEST(Secret, IsRevealedOnlyWhenAsked) {
  Secret const secret{std::string(kLong)};
  EXPECT_EQ(secret.Reveal(), kLong);
  EXPECT_EQ(testing::PrintToString(secret), "a secret");
}

TEST(Secret, LeavesNothingBehindWhenItIsMoved) {
  for (std::string const text : {kLong, kShort}) {
    std::string given = text;
    Secret from(std::move(given));
    EXPECT_EQ(given, "");  // NOLINT(bugprone-use-after-move): what is asked here
    Secret to = std::move(from);
    EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move)
    Secret again;
    again = std::move(to);
    EXPECT_TRUE(to.empty());  // NOLINT(bugprone-use-after-move)
    EXPECT_EQ(again.Reveal(), text);
  }
}

TEST(Secret, IsWipedWhenItIsDestroyed) {
  Grave grave;
  Secret* const secret = grave.Put(kShort);
  EXPECT_TRUE(grave.Holds(kShort));
  secret->~Secret();
  EXPECT_FALSE(grave.Holds(kShort));
}

TEST(Secret, IsWipedWhenItIsMovedFrom) {
  Grave grave;
  Secret* const secret = grave.Put(kShort);
  Secret const moved = std::move(*secret);
  EXPECT_FALSE(grave.Holds(kShort));
  secret->~Secret();
}

TEST(Secret, IsCopiedWhole) {
  Secret const one{std::string(kLong)};
  Secret two{std::string(kShort)};
  EXPECT_FALSE(one == two);
  two = one;
  EXPECT_TRUE(one == two);
  two = *&two;
  EXPECT_EQ(two.Reveal(), kLong);
}

TEST(Wipe, OverwritesAllOfTheMemory) {
  std::string text(kLong);
  text.resize(4);
  char const* const memory = text.data();
  Wipe(text);
  EXPECT_TRUE(text.empty());
  EXPECT_EQ(text.data(), memory);
  EXPECT_EQ(std::string(memory, sizeof(kLong) - 1), std::string(sizeof(kLong) - 1, '\0'));
}

}  // namespace
}  // namespace probefarm
