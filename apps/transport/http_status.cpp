#include "transport/http_status.hpp"

#include <string>

namespace setu::transport {

Error error_of_status(int status, std::optional<std::uint32_t> retry_after_s,
                      std::string_view authority) {
  const std::string subject = "sync with " + std::string(authority) + ": ";
  const std::string number = " (HTTP " + std::to_string(status) + ")";
  switch (status) {
    case 429:
    case 503: {
      const std::string when = retry_after_s ? "in " + std::to_string(*retry_after_s) + " seconds"
                                             : std::string("in a few minutes");
      return {Code::kBusy, subject + "the server is at its limits" + number,
              "Everything recorded is kept. Sync again " + when + "."};
    }
    case 502:
    case 504:
      return {Code::kNoLink, subject + "a proxy answers, but does not reach the server" + number,
              "Everything recorded is kept. Sync again later; if it stays, tell whoever runs the "
              "server."};
    case 413:
      return {Code::kTooLarge, subject + "the request is larger than is taken there" + number,
              "Everything recorded is kept. Tell whoever runs the server: a proxy in front of it "
              "may have too low a limit."};
    case 404:
    case 405:
      return {Code::kRefused, subject + "no Setu server answers at this address" + number,
              "Check the server's address."};
    default: break;
  }
  if (status >= 300 && status < 400) {
    return {Code::kRefused, subject + "it points elsewhere" + number,
            "This may be the login page of the network: open a browser, log in, then sync again."};
  }
  if (status == 401 || status == 403 || status == 407) {
    return {Code::kRefused,
            subject + "something on the way asks for a login or forbids it" + number,
            "Try another network, or tell whoever runs the server."};
  }
  return {
      Code::kRefused, subject + "the server could not take the request" + number,
      "Everything recorded is kept. Sync again later; if it stays, tell whoever runs the server."};
}

}  // namespace setu::transport
