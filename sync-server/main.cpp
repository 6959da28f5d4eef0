// setu-server: orders and stores what it cannot read.

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <csignal>
#include <functional>

#include "commands.hpp"

namespace {

using setu::Code;
using setu::Status;

// Keys and programmes' metadata must not end up in a core file.
void forbid_core_dumps() {
  const rlimit none{0, 0};
  (void)setrlimit(RLIMIT_CORE, &none);
}

// HOST:PORT, with an IPv6 host in brackets.
Status parse_listen(const std::string& text, setu::server::ListenerOptions& options) {
  const auto colon = text.rfind(':');
  std::string host = text.substr(0, colon == std::string::npos ? 0 : colon);
  const std::string port = colon == std::string::npos ? std::string() : text.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), options.port);
  if (host.empty() || port.empty() || error != std::errc() || end != port.data() + port.size()) {
    return setu::fail(Code::kInvalidArgument, "listen: expected HOST:PORT",
                      "for example --listen 127.0.0.1:8443");
  }
  if (host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  options.host = host;
  return {};
}

int print(const Status& status) {
  if (status) return 0;
  const setu::Error& error = status.error();
  std::fprintf(stderr, "setu-server: %s\n", error.message.c_str());
  if (!error.hint.empty()) std::fprintf(stderr, "  %s\n", error.hint.c_str());
  return error.code == Code::kInvalidArgument ? 2 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  forbid_core_dumps();
  (void)umask(0077);
  (void)std::signal(SIGPIPE, SIG_IGN);
  spdlog::set_default_logger(spdlog::stderr_logger_st("setu-server"));
  spdlog::set_pattern("%l: %v");  // the journal adds the time

  CLI::App app{"Orders and stores what Setu's members seal; it cannot read any of it."};
  app.require_subcommand(1);
  std::string data;
  std::string listen;
  std::string file;
  setu::server::ListenerOptions options;
  std::function<Status()> command;

  const auto add = [&](const char* name, const char* what, std::function<Status()> run) {
    CLI::App* sub = app.add_subcommand(name, what);
    sub->add_option("--data", data, "the server's data directory")->required();
    sub->callback([&command, run = std::move(run)] { command = run; });
    return sub;
  };
  CLI::App* serve = add("serve", "serve until SIGTERM or SIGINT", [&]() -> Status {
    SETU_TRY(parse_listen(listen, options));
    return setu::server::serve(data, options);
  });
  serve->add_option("--listen", listen, "HOST:PORT; port 0 takes any free one")->required();
  auto* certificate =
      serve->add_option("--tls-cert", options.tls_certificate, "PEM certificate chain");
  auto* key = serve->add_option("--tls-key", options.tls_key, "PEM private key");
  certificate->needs(key);
  key->needs(certificate);
  serve->add_flag("--plain", options.plain, "no TLS; loopback only, behind a proxy or for tests")
      ->excludes(certificate);
  add("token", "print a one-time token that creates one programme",
      [&] { return setu::server::print_token(data); });
  add("check", "prove the log: chains, hashes, signatures, database",
      [&] { return setu::server::check(data); });
  add("stats", "print counts", [&] { return setu::server::print_stats(data); });
  CLI::App* backup = add("backup", "copy the log into a new file",
                         [&] { return setu::server::backup(data, file); });
  backup->add_option("FILE", file, "the new file")->required();
  bool force = false;
  CLI::App* restore =
      add("restore", "put a backup in place of the log; devices give back what it lacks",
          [&] { return setu::server::restore(data, file, force); });
  restore->add_option("FILE", file, "a file that backup made")->required();
  restore->add_flag("--force", force, "even if the log in place is newer or cannot be read");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : 2;
  }
  if (const Status ready = setu::crypto::init(); !ready) return print(ready);
  return print(command());
}
