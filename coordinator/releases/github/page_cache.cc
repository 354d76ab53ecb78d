#include "coordinator/releases/github/page_cache.h"

#include <unistd.h>
#include <zstd.h>

#include <atomic>
#include <fstream>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/digest/sha256.h"
#include "lib/files/durable_file.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr int kLevel = 3;
constexpr size_t kLargestPage = size_t{64} << 20;

std::string Compress(std::string const& text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  size_t const size = ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), kLevel);
  packed.resize(ZSTD_isError(size) != 0 ? 0 : size);
  return packed;
}

std::optional<std::string> Decompress(std::string const& packed) {
  unsigned long long const size = ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (size > kLargestPage) return std::nullopt;  // what cannot be told is larger than anything
  std::string text(size, '\0');
  size_t const got = ZSTD_decompress(text.data(), text.size(), packed.data(), packed.size());
  if (ZSTD_isError(got) != 0 || got != size) return std::nullopt;
  return text;
}

// Takes a line off the front; nullopt when there is none.
std::optional<std::string> TakeLine(std::string& text) {
  size_t const end = text.find('\n');
  if (end == std::string::npos) return std::nullopt;
  std::string line = text.substr(0, end);
  text.erase(0, end + 1);
  return line;
}

}  // namespace

std::string PageCache::PathOf(std::string const& url) const {
  return absl::StrCat(folder_, "/", Sha256Hex(url), ".page");
}

// URL, ETag and link are a line each; the rest is the body.
std::optional<CachedPage> PageCache::Find(std::string const& url) const {
  std::ifstream file(PathOf(url), std::ios::binary);
  std::string const packed(std::istreambuf_iterator<char>(file), {});
  std::optional<std::string> text = Decompress(packed);
  if (!text || TakeLine(*text) != url) return std::nullopt;
  std::optional<std::string> etag = TakeLine(*text);
  std::optional<std::string> link = TakeLine(*text);
  if (!etag || !link) return std::nullopt;
  return CachedPage{*std::move(etag), *std::move(link), *std::move(text)};
}

absl::Status PageCache::Put(std::string const& url, CachedPage const& page) const {
  if (absl::StrContains(page.etag, "\n") || absl::StrContains(page.link, "\n") ||
      page.body.size() > kLargestPage / 2)
    return absl::InvalidArgumentError(absl::StrCat("keep the page ", url, ": it is none"));
  RETURN_IF_ERROR(MakeFolders(folder_));
  static std::atomic<int64_t> writes = 0;
  std::string const path = PathOf(url);
  return ReplaceFile(
      path, absl::StrCat(path, ".", getpid(), ".", ++writes),
      Compress(absl::StrCat(url, "\n", page.etag, "\n", page.link, "\n", page.body)));
}

}  // namespace probefarm
