#pragma once

#include <cstdint>
#include <variant>

#include "absl/strings/string_view.h"

namespace probefarm {

// Bytes [offset, offset + length) of a file. `length` > 0. 206, with Content-Range.
struct ByteRange {
  int64_t offset = 0;
  int64_t length = 0;
  friend bool operator==(ByteRange const&, ByteRange const&) = default;
};

// Answer with the whole file: no range was asked for, or one that RFC 9110 lets a server ignore
// (another unit, several ranges, not well-formed).
struct WholeFile {
  friend bool operator==(WholeFile const&, WholeFile const&) = default;
};

// 416: well-formed, and no byte of the file is in it.
struct UnsatisfiableRange {
  friend bool operator==(UnsatisfiableRange const&, UnsatisfiableRange const&) = default;
};

using RangeAnswer = std::variant<WholeFile, ByteRange, UnsatisfiableRange>;

// What a `Range` header ("bytes=0-99", "bytes=100-", "bytes=-5"; empty when there is none) asks of
// a file of `size` bytes. Pure.
//
//   ParseByteRange("bytes=0-99", 1000)     ByteRange{0, 100}
//   ParseByteRange("bytes=-5", 1000)       ByteRange{995, 5}
//   ParseByteRange("bytes=990-", 1000)     ByteRange{990, 10}
//   ParseByteRange("bytes=2000-", 1000)    UnsatisfiableRange
//   ParseByteRange("bytes=0-1,5-6", 1000)  WholeFile
RangeAnswer ParseByteRange(absl::string_view header, int64_t size);

}  // namespace probefarm
