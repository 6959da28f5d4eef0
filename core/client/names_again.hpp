#pragma once
// Names are sealed to circles. After a circle's history was cut, who is let in later cannot open
// those given before: whoever may name something gives its name again, under the new key.

#include "client/context.hpp"

namespace setu::client {

// Each member her own; leads their caseloads and their org, coordinators the orgs and the
// programme. Call inside a transaction, with nothing queued.
Status queue_names_again(Context& context);

}  // namespace setu::client
