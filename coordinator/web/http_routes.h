#pragma once

#include <map>
#include <memory>
#include <string>

#include "coordinator/web/http_exchange.h"

namespace probefarm {

// Which handler answers which path. Filled before the server starts and constant then. Find() is
// then safe on any thread.
class HttpRoutes {
 public:
  // `path` is whole ("/healthz"), or ends in `/` and stands for everything below it. The same path
  // again replaces its handler.
  void Add(std::string path, std::unique_ptr<HttpHandler> handler);

  // The handler stays this object's.
  //
  //   routes.Add("/releases/download/", …);
  //   routes.Find("/releases/download/8.0.0+driver/a.o")  route "/releases/download/",
  //                                                       rest "8.0.0+driver/a.o"
  struct Match {
    HttpHandler* handler = nullptr;  // null: nobody answers that path
    std::string route;               // as added
    std::string rest;                // of the path, after `route`
  };
  // The longest route wins.
  Match Find(std::string const& path) const;

 private:
  std::map<std::string, std::unique_ptr<HttpHandler>> handlers_;
};

}  // namespace probefarm
