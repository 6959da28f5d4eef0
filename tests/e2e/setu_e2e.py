"""Drives the real programs: a server, devices with homes of their own, and a programme made of them.

Everything runs on loopback under one scratch directory. Nothing here knows how Setu works inside: it uses the command
line as people and scripts do. Only what it started is ever killed, by process id.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from dataclasses import dataclass, field
from pathlib import Path

from link_proxy import LinkProxy

COMMAND_TIMEOUT_S = 120
START_TIMEOUT_S = 20
BIN = Path(os.environ.get("SETU_BIN", "build/bin")).resolve()
SEED = int(os.environ.get("SETU_SEED", "0")) or random.SystemRandom().randrange(1, 1_000_000)
STARTED = time.monotonic()
REPLICA_FILES = ("replica.db", "replica2.db")
# Of a home that nobody has open; a log and its index stand beside the replica in use while somebody has.
HOME_FILES = {"key", "key.new", "home.lock", "sync.lock", *REPLICA_FILES}
LOG_FILES = {name + suffix for name in REPLICA_FILES for suffix in ("-wal", "-shm", "-journal")}


def say(text):
    print(f"[{time.monotonic() - STARTED:5.1f} s] {text}", flush=True)


@dataclass
class Done:
    """A command that ended."""
    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def error(self):
        """The error document: code, message, hint."""
        return json.loads(self.out)["error"]


class Server:
    """setu-server over one data directory; a restart keeps directory and port."""

    def __init__(self, directory, tls=False, port=0):
        self.directory = Path(directory)
        self.tls = tls
        self.port = port
        self.log = self.directory.with_suffix(".log")
        self.process = None

    @property
    def data(self):
        return str(self.directory)

    def start(self):
        seen = self.launch()
        until = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < until:
            for line in self.log.read_bytes()[seen:].decode().splitlines(keepends=True):
                if "listening on" in line and line.endswith("\n"):
                    self.port = int(line.strip().rsplit(":", 1)[1])
                    return self
            if self.process.poll() is not None:
                break
            time.sleep(0.01)
        raise AssertionError(f"setu-server did not start:\n{self.log.read_text()}")

    def launch(self):
        """Starts it without waiting for it to listen; gives the length of its log before."""
        seen = self.log.stat().st_size if self.log.exists() else 0
        command = [str(BIN / "setu-server"), "serve", "--data", self.data, "--listen", f"127.0.0.1:{self.port}"]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command + ([] if self.tls else ["--plain"]), stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log)
        return seen

    def kill(self):
        """As a power cut does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=START_TIMEOUT_S)
            self.process = None

    def command(self, name, *args):
        done = subprocess.run([str(BIN / "setu-server"), name, "--data", self.data, *args], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=COMMAND_TIMEOUT_S)
        return Done(done.returncode, done.stdout, done.stderr)

    def token(self):
        done = self.command("token")
        assert done.code == 0, done.err
        return done.out.strip()


class Device:
    """One installation: a home directory, a passphrase, and a clock that may be wrong."""

    def __init__(self, name, home, clock_offset_s=0, passphrase="five short words for now"):
        self.name = name
        self.home = Path(home)
        self.clock_offset_s = clock_offset_s
        self.passphrase = passphrase
        self.said = []  # all that it ever printed, for whoever looks for what should not be there

    def command(self, *args, as_json=True):
        return [str(BIN / "setu"), "--home", str(self.home), *(["--json"] if as_json else []), *map(str, args)]

    def environment(self):
        env = {key: value for key, value in os.environ.items() if not key.startswith("SETU_")}
        env["SETU_CLOCK_OFFSET"] = str(self.clock_offset_s)
        if self.passphrase is not None:
            env["SETU_PASSPHRASE"] = self.passphrase
        return env

    def try_run(self, *args, stdin=None, as_json=True, **popen):
        """Runs a command to its end, whatever its exit code."""
        source = {"stdin": subprocess.DEVNULL} if stdin is None else {"input": stdin.encode()}
        done = subprocess.run(self.command(*args, as_json=as_json), env=self.environment(), capture_output=True,
                              timeout=COMMAND_TIMEOUT_S, **source, **popen)
        self.said += [done.stdout, done.stderr]
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    def run(self, *args, stdin=None):
        """Runs a command that must work; gives its JSON document."""
        done = self.try_run(*args, stdin=stdin)
        if done.code != 0:
            what = f"{self.name}: setu {' '.join(map(str, args))}"
            raise AssertionError(f"{what}: exit {done.code}\n{done.out}{done.err}")
        return done.json

    def start(self, *args, stdin=subprocess.DEVNULL):
        """Starts a command that the test goes on beside, or kills."""
        return subprocess.Popen(self.command(*args), env=self.environment(), stdin=stdin, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)

    # What tests do most.

    def add(self, kind, fields, *options):
        return self.run("add", kind, *assignments(fields), *options)["id"]

    def add_many(self, kind, records, *options):
        return self.run("add", kind, "--file", "-", *options, stdin=json_lines(records))["ids"]

    def edit(self, record, *changes):
        return self.run("edit", record, *changes)

    def show(self, record):
        return self.run("show", record)

    def list(self, kind, *options):
        return {record["id"]: record for record in self.run("list", kind, *options)["records"]}

    def sync(self):
        return self.run("sync")

    def status(self):
        return self.run("status")

    def conflicts(self):
        return self.run("conflicts")["conflicts"]

    def verify(self):
        done = self.try_run("verify")
        return json.loads(done.out)

    def replica_files(self):
        """Both of them: which one is in use is a secret."""
        return [self.home / name for name in REPLICA_FILES]

    def replica_in_use(self):
        """The one without which nothing opens, found on a copy."""
        for path in self.replica_files():
            with tempfile.TemporaryDirectory() as scratch:
                copy = self.copy_to(Path(scratch) / "copy")
                for suffix in ("", "-wal", "-shm", "-journal"):
                    (copy.home / (path.name + suffix)).unlink(missing_ok=True)
                if copy.try_run("status").code != 0:
                    return path
        raise AssertionError("it opens without any of its replicas")

    def copy_to(self, home):
        """This device as a backup of it would be, or a thief's copy."""
        shutil.copytree(self.home, home)
        return Device(self.name, home, self.clock_offset_s, self.passphrase)


def assignments(fields):
    return [f"{name}={','.join(value) if isinstance(value, list) else value}" for name, value in fields.items()]


def json_lines(records):
    return "".join(json.dumps(record) + "\n" for record in records)


@dataclass
class Worker:
    device: Device
    caseload: str


@dataclass
class Org:
    name: str
    lead: Device = None
    workers: list = field(default_factory=list)

    def devices(self):
        return [self.lead] + [worker.device for worker in self.workers]


class Programme:
    """A server behind a proxy, a coordinator, and organisations with a lead and workers each.

    `orgs`: name -> caseload names, one worker for each. `person(role, org, number)` names people.
    `clock(device name)`: seconds by which that device's clock is wrong.
    """

    def __init__(self, directory, orgs, name="Programme", umbrella="Umbrella", tls=False,
                 person=lambda role, org, number: f"{role} {number} of {org}", clock=lambda device: 0):
        self.directory = Path(directory)
        self.server = Server(self.directory / "server", tls=tls).start()
        self.proxy = LinkProxy(self.server.port)
        scheme = "https" if tls else "http"
        self.url = f"{scheme}://127.0.0.1:{self.proxy.port}"
        self.clock = clock
        self.person = person
        self.coordinator = self.device("coordinator")
        self.coordinator.run("programme", "create", name, "--server", self.url, "--org", umbrella, "--as",
                             person("coordinator", umbrella, 1), "--token", self.server.token(), "--kdf", "small")
        self.orgs = [self.found_org(org, caseloads) for org, caseloads in orgs.items()]
        for org in self.orgs:
            org.lead.sync()
        self.coordinator.sync()

    def device(self, name):
        name = name.replace(" ", "-")
        return Device(name, self.directory / name, self.clock(name))

    def found_org(self, name, caseloads):
        number = len(list(self.directory.glob("lead-*"))) + 1
        org = Org(name)
        self.coordinator.run("org", "add", name)
        org.lead = self.device(f"lead-{number}")
        self.join(org.lead, self.coordinator, org, "lead", 1)
        self.approve(self.coordinator, org.lead)
        org.lead.sync()
        for i, caseload in enumerate(caseloads, 1):
            worker = self.device(f"worker-{number}-{i}")
            self.join(worker, org.lead, org, "worker", i, "--caseload", caseload)
            org.workers.append(Worker(worker, caseload))
        return org

    def join(self, device, inviter, org, role, number, *options):
        link = inviter.run("invite", "--org", org.name, "--role", role, *options)["link"]
        device.run("join", link, "--as", self.person(role, org.name, number), "--kdf", "small")

    def approve(self, approver, joiner):
        """One reads out the six digits on her screen, the other types them."""
        pending = self.pending_device(approver)
        approver.run("approve", pending, "--digits", joiner.run("sync")["digits"])

    def pending_device(self, device):
        device.sync()
        pending = [member for member in device.run("members")["members"] if member["state"] == "pending"]
        assert len(pending) == 1, pending
        return pending[0]["device"]

    def devices(self):
        return [self.coordinator] + [device for org in self.orgs for device in org.devices()]

    def restart_server(self):
        self.server.kill()
        self.server.start()

    def sync_all(self, order, rounds=2):
        """Everybody, so often that what the first said has reached the last."""
        for _ in range(rounds):
            for device in order:
                device.sync()

    def close(self):
        self.server.kill()
        self.proxy.close()


class Scenario(unittest.TestCase):
    """A scratch directory, a seed that a failure can be replayed with, and servers that do not outlive the test."""
    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        cls.directory = Path(tempfile.mkdtemp(prefix="setu-e2e-"))
        cls.random = random.Random(SEED)
        cls.addClassCleanup(shutil.rmtree, cls.directory, True)

    @classmethod
    def programme(cls, subdirectory, *args, **kwargs):
        directory = cls.directory / subdirectory
        directory.mkdir()
        made = Programme(directory, *args, **kwargs)
        cls.addClassCleanup(made.close)
        return made

    def assert_refused(self, done, code, *words):
        """The command failed with this exit code, says why on stderr and in JSON, and says what to do."""
        self.assertEqual(done.code, code, done.out + done.err)
        self.assertTrue(done.error["message"], done.out)
        self.assertTrue(done.error["hint"], f"no hint: {done.out}")
        for text in (done.error["message"], done.error["hint"]):
            self.assertIn(text, done.err)
        for word in words:
            self.assertRegex(done.err, f"(?i){word}")
        return done.error


def main():
    """python3 some_test.py [--bin DIR] [--seed N] [unittest arguments]"""
    global BIN, SEED
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", default=str(BIN))
    parser.add_argument("--seed", type=int, default=SEED)
    options, rest = parser.parse_known_args()
    BIN, SEED = Path(options.bin).resolve(), options.seed
    for program in ("setu", "setu-server"):
        if not (BIN / program).exists():
            sys.exit(f"{program} is not in {BIN}: build it, or name its directory with --bin")
    say(f"seed {options.seed} (replay: --seed {options.seed})")
    unittest.main(module="__main__", argv=[sys.argv[0], "--verbose", *rest])
