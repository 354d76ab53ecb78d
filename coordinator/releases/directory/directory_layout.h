#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace probefarm {

// Where everything is, below a root folder and below the URL at which the coordinator serves it:
//
//   <root>/releases/download/<tag>/<asset>     <url>/releases/download/<tag>/<asset>
//   <root>/.incoming/                          <url>/uploads/<token>
//
// Tags and names must have been checked. Pure.
class DirectoryLayout {
 public:
  // `public_url`: "http://host:port", as workers and downloaders reach the coordinator.
  DirectoryLayout(std::string root, std::string public_url);

  // The folder of all releases, and the one where uploads grow. No slash at the end.
  std::string const& downloads() const { return downloads_; }
  std::string const& incoming() const { return incoming_; }

  std::string ReleaseFolder(absl::string_view tag) const;
  std::string FilePath(absl::string_view tag, absl::string_view file) const;
  // Percent-encoded, so that a `+` arrives as one.
  std::string DownloadUrl(absl::string_view tag, absl::string_view file) const;
  std::string UploadUrl(absl::string_view token) const;

 private:
  std::string const downloads_;
  std::string const incoming_;
  std::string const public_url_;
};

}  // namespace probefarm
