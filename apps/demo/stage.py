"""What the demo plays on: a server, phones, and plain output of at most 100 columns."""

import json
import os
import shlex
import shutil
import subprocess
import textwrap
import time
from pathlib import Path

WIDTH = 100
LONGEST_WORD = 60
START_TIMEOUT_S = 20
COMMAND_TIMEOUT_S = 120
PASSPHRASE = "five short words for demos"
ROOT = Path(__file__).resolve().parents[2]


def title(text):
    print(f"\n{text}\n{'=' * len(text)}")


def tell(text):
    print("\n" + textwrap.fill(" ".join(text.split()), WIDTH))


def show_command(prompt, words):
    """The command as a person would type it, folded with backslashes."""
    lines, line = [], f"{prompt} $"
    for word in map(abbreviated, words):
        if len(line) + len(word) + 3 > WIDTH:
            lines.append(line + " \\")
            line = "     "
        line += " " + word
    lines.append(line)
    print("\n" + "\n".join(lines))


def abbreviated(word):
    """Links and tokens: their beginning says enough here."""
    if len(word) <= LONGEST_WORD:
        return word
    return word[:LONGEST_WORD - 4] + "..." + ("'" if word.endswith("'") else "")


def fold(line):
    return line if len(line) <= WIDTH else line[:WIDTH - 3] + "..."


def show_output(text):
    for line in text.rstrip().splitlines():
        print(fold("    " + line))


def table(header, rows):
    """Lines of equal width."""
    widths = [max(len(str(row[i])) for row in [header, *rows]) for i in range(len(header))]
    lines = [header, ["-" * width for width in widths], *rows]
    return ["  ".join(str(cell).ljust(width) for cell, width in zip(row, widths)) for row in lines]


def side_by_side(left_title, left, right_title, right):
    """Two tables whose lines stand for the same records."""
    width = max(len(line) for line in [left_title, *left])
    print()
    for a, b in zip([left_title, "", *left], [right_title, "", *right]):
        line = f"{a.ljust(width)}  |  {b}".rstrip()
        assert len(line) <= WIDTH, line
        print(line)


class DemoFailed(Exception):
    pass


class Server:
    def __init__(self, programs, directory):
        self.program = programs / "setu-server"
        self.directory = directory
        self.port = 0
        self.process = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def serve_command(self):
        return [str(self.program), "serve", "--data", str(relative(self.directory)), "--listen",
                f"127.0.0.1:{self.port}", "--plain"]

    def start(self):
        log = self.directory.with_suffix(".log")
        seen = log.stat().st_size if log.exists() else 0
        with open(log, "ab") as out:
            self.process = subprocess.Popen(self.serve_command(), stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                            start_new_session=True)
        until = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < until and self.process.poll() is None:
            for line in log.read_bytes()[seen:].decode().splitlines(keepends=True):
                if "listening on" in line and line.endswith("\n"):
                    self.port = int(line.strip().rsplit(":", 1)[1])
                    return
            time.sleep(0.02)
        raise DemoFailed(f"the server did not start; its log is {log}")

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=START_TIMEOUT_S)
            self.process = None

    def token(self):
        return subprocess.run([str(self.program), "token", "--data", str(self.directory)], check=True, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=COMMAND_TIMEOUT_S).stdout.strip()


class Phone:
    """One person's device: a home directory of its own."""

    def __init__(self, programs, directory, name):
        self.program = programs / "setu"
        self.home = directory / name
        self.name = name
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("SETU_")}
        self.environment.update(SETU_HOME=str(self.home), SETU_PASSPHRASE=PASSPHRASE)

    def call(self, *args, as_json, expected=0):
        command = [str(self.program), *(["--json"] if as_json else []), *map(str, args)]
        done = subprocess.run(command, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=COMMAND_TIMEOUT_S)
        if done.returncode != expected:
            raise DemoFailed(f"{self.name}: setu {shlex.join(map(str, args))}\n{done.stdout}{done.stderr}")
        return done

    def quietly(self, *args):
        """Runs a command that is not shown; gives its JSON document."""
        return json.loads(self.call(*args, as_json=True).stdout)

    def run(self, *args, expected=0):
        """Shows the command, runs it, shows what it says."""
        show_command(self.name, ["setu", *(shlex.quote(str(arg)) for arg in args)])
        done = self.call(*args, as_json=False, expected=expected)
        show_output(done.stdout + done.stderr)

    def typed(self, *args):
        """Shows the command without its output; gives the JSON document."""
        show_command(self.name, ["setu", *(shlex.quote(str(arg)) for arg in args)])
        return self.quietly(*args)

    def sync(self):
        return self.quietly("sync")

    def list(self, kind):
        return {record["id"]: record for record in self.quietly("list", kind)["records"]}


def make_anew(directory):
    """Nothing in it is worth keeping: it is the demo's own."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    return directory


def relative(path):
    try:
        return Path(path).relative_to(Path.cwd())
    except ValueError:
        return Path(path)
