#pragma once

#include <functional>
#include <iostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/commands/command.h"
#include "client/commands/paging.h"
#include "client/output/json.h"

namespace probefarm {

// What the verbs that list things have in common: options, paging, a table or a JSON array.
struct ListOptions {
  v1::ProbeFilter filter;  // empty: everything
  int64_t limit = 0;       // items; 0: all
  OutputFormat format = OutputFormat::kTable;
};

// --limit with its present value as the default, -o and the probe filter's options. They write into
// `options`, which outlives the parsing.
void AddListOptions(CLI::App& verb, ListOptions& options);

// Prints `items` to standard output as `print_table` does, or as a JSON array, which is [] for
// none.
template <class Item>
void PrintList(std::vector<Item> const& items, OutputFormat format,
               void (*print_table)(std::vector<Item> const&, std::ostream&)) {
  if (format == OutputFormat::kTable) {
    print_table(items, std::cout);
    return;
  }
  auto json = nlohmann::ordered_json::array();
  for (Item const& item : items) json.push_back(ToJson(item));
  std::cout << Print(json);
}

// Reads all pages of one call, up to the limit, and then prints them: after an error nothing is
// printed. `items_of` takes the items out of a page. `request` has all but its page token.
//
//   return ListAll<v1::Kernel>(connection, connection.catalog(),
//                              &v1::CatalogService::Stub::ListKernels, request,
//                              &v1::ListKernelsResponse::kernels, options, PrintTable);
template <class Item, class Stub, class Request, class Response>
absl::Status ListAll(Connection& connection, Stub& stub,
                     grpc::Status (Stub::*method)(grpc::ClientContext*, Request const&, Response*),
                     Request request,
                     google::protobuf::RepeatedPtrField<Item> const& (Response::*items_of)() const,
                     ListOptions const& options,
                     void (*print_table)(std::vector<Item> const&, std::ostream&)) {
  absl::StatusOr<std::vector<Item>> const items = ReadPages<Item>(
      options.limit,
      [&](std::string const& token, std::vector<Item>& read) -> absl::StatusOr<std::string> {
        request.set_page_token(token);
        absl::StatusOr<Response> const page = connection.Call(stub, method, request);
        if (!page.ok()) return page.status();
        auto const& found = ((*page).*items_of)();
        read.insert(read.end(), found.begin(), found.end());
        return page->next_page_token();
      });
  if (!items.ok()) return items.status();
  PrintList(*items, options.format, print_table);
  return absl::OkStatus();
}

}  // namespace probefarm
