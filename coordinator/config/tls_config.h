#pragma once

#include "lib/config/yaml_reader.h"
#include "lib/tls/tls_credentials.h"

namespace probefarm {

// The mapping `tls`: PEM files of the coordinator's certificate (`certificate`, `key`), and of the
// CA of the workers' certificates (`client_ca`, here the member `ca`). Optional; all empty: plain
// text. Certificate and key go together, and `client_ca` needs them. Paths are as given; the files
// are not looked at.
TlsFiles ReadTls(YamlMapping& top);

}  // namespace probefarm
