#pragma once

#include "coordinator/web/http_exchange.h"

struct MHD_Connection;

namespace probefarm {

// Hands the answer to libmicrohttpd, which sends it. False when it does not take it: the connection
// is to be closed then. Called in the loop, with the connection not suspended. The answer's file is
// closed by libmicrohttpd when it was sent, or here when it is not taken.
bool QueueAnswer(MHD_Connection* connection, HttpAnswer answer);

}  // namespace probefarm
