#include "server_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>
#include <vector>

namespace setu::bench {
namespace {

struct Child {
  pid_t process;
  int output;  // its standard output
};

// What the server logs is for its operator: left out here.
Child start(const std::string& program, std::vector<std::string> arguments) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("start setu-server: no pipe");
  std::vector<char*> argv;
  arguments.insert(arguments.begin(), program);
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const pid_t process = fork();
  if (process == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // not even a crash of ours leaves a server behind
    dup2(ends[1], STDOUT_FILENO);
    dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
    execv(program.c_str(), argv.data());
    _exit(127);
  }
  close(ends[1]);
  if (process < 0) throw std::runtime_error("start setu-server: no process");
  return {process, ends[0]};
}

std::string read_line(int file) {
  std::string line;
  char c = 0;
  while (read(file, &c, 1) == 1 && c != '\n') line += c;
  return line;
}

}  // namespace

ServerProcess::ServerProcess(std::filesystem::path program, std::filesystem::path data)
    : program_(std::move(program)), data_(std::move(data)) {
  const Child child =
      start(program_, {"serve", "--data", data_, "--listen", "127.0.0.1:0", "--plain"});
  process_ = child.process;
  const std::string line = read_line(child.output);
  close(child.output);
  const std::size_t colon = line.rfind(':');
  if (line.find("listening on") == std::string::npos || colon == std::string::npos)
    throw std::runtime_error("start " + program_.string() + ": it does not listen");
  port_ = static_cast<std::uint16_t>(std::stoi(line.substr(colon + 1)));
}

ServerProcess::~ServerProcess() {
  if (process_ <= 0) return;
  kill(process_, SIGTERM);
  waitpid(process_, nullptr, 0);
}

std::string ServerProcess::make_token() const {
  const Child child = start(program_, {"token", "--data", data_});
  std::string token = read_line(child.output);
  close(child.output);
  waitpid(child.process, nullptr, 0);
  return token;
}

}  // namespace setu::bench
