"""Actors that record, sync and pull the plug at once, and a ledger of what each command said.

Each device has a thread that records and one that syncs; the server has one that kills it. Every actor draws from a
random source of its own, so a seed draws the same commands and the same moments; which byte a kill then hits is the
scheduler's choice.
"""

import json
import random
import select
import signal
import subprocess
import threading
import time
import traceback
from collections import Counter
from dataclasses import dataclass

import setu_e2e
from setu_e2e import json_lines

KILL_CHANCE = 0.4
VERIFY_CHANCE = 0.1
USUAL_S = 0.2                # of a command, before any was measured
MANY = (10, 120)             # records added or imported at once
POLL_S = 0.0005
WRITES_S = 0.008             # longer than a commit takes
SERVER_LIVES_S = (0.05, 1.5)
CUT_WITHIN_BYTES = 4000
STARTUP_S = 0.03             # within it a starting server is killed again
NO_LINK = 4


@dataclass
class Batch:
    """Records that one command was to make: all or none. `ids` once it said so; None if it never did."""
    kind: str
    marks: list
    ids: list = None


@dataclass
class Edit:
    """A note and a count that one command was to add to a contact: both or neither."""
    record: str
    note: str
    amount: int
    acknowledged: bool = False


@dataclass
class Import:
    """A file brought in again and again until a command says that it is in: each row once, all or none of them."""
    kind: str
    marks: list
    path: str
    done: bool = False


class Mayhem:
    """What the actors share: when to stop, what went wrong, and how many were killed."""

    def __init__(self, kills):
        self.wanted = kills
        self.kills = Counter()   # what was killed -> how often
        self.figures = Counter()
        self.failures = []
        self.over = threading.Event()
        self._lock = threading.Lock()

    def killed(self, what):
        with self._lock:
            self.kills[what] += 1
            if self.kills.total() >= self.wanted:
                self.over.set()

    def count(self, what, number=1):
        with self._lock:
            self.figures[what] += number

    def run(self, actors):
        """Until enough were killed, or an actor failed."""
        threads = [threading.Thread(target=self._act, args=(actor,)) for actor in actors]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _act(self, actor):
        try:
            while not self.over.is_set():
                actor.act()
        except BaseException:
            self.failures.append(f"{actor.name}:\n{traceback.format_exc()}")
            self.over.set()


class Actor:
    def __init__(self, name, mayhem):
        self.name = name
        self.mayhem = mayhem
        self.random = random.Random(f"{setu_e2e.SEED} {name}")


class Commander(Actor):
    """Runs one device's commands, and kills some: at a moment of their usual length, as they write, as they answer.

    `lengths` are the usual ones in seconds by command, learned here; several may share them.
    """

    def __init__(self, what, device, mayhem, kill_chance=KILL_CHANCE, lengths=None):
        super().__init__(f"{device.name} {what}", mayhem)
        self.what = what
        self.kill_chance = kill_chance
        self.device = device
        self._usual_s = {} if lengths is None else lengths

    def command(self, *args, codes=(0,)):
        """Gives its JSON document if it printed one, even if it was killed behind that; else None."""
        usual_s = self._usual_s.get(args[0], USUAL_S)
        way = self.random.choice([self.at_a_moment, self.as_it_writes, self.as_it_answers])
        fraction, to_be_killed = self.random.uniform(0.1, 1.2), self.random.random() < self.kill_chance
        began = time.monotonic()
        process = self.device.start(*args)
        if to_be_killed:
            way(process, fraction, usual_s)
            process.kill()
        out, err = process.communicate(timeout=setu_e2e.COMMAND_TIMEOUT_S)
        self.mayhem.count("commands")
        said = whole_document(out)
        if process.returncode == -signal.SIGKILL:
            self.mayhem.killed(self.what)
            self.mayhem.count(f"commands killed {way.__name__.replace('_', ' ')}")
            return said
        self._usual_s[args[0]] = (usual_s + time.monotonic() - began) / 2
        if process.returncode not in codes:
            raise AssertionError(f"setu {' '.join(map(str, args))}: exit {process.returncode}\n{out!r}\n{err.decode()}")
        return said if process.returncode == 0 else None

    # Each returns when the process is to be killed, or has ended by itself.

    def at_a_moment(self, process, fraction, usual_s):
        try:
            process.wait(timeout=fraction * usual_s)
        except subprocess.TimeoutExpired:
            pass

    def as_it_writes(self, process, fraction, _):
        before = self.written()
        while process.poll() is None and self.written() <= before:
            time.sleep(POLL_S)
        time.sleep(fraction * WRITES_S)

    def as_it_answers(self, process, _, __):
        select.select([process.stdout], [], [], setu_e2e.COMMAND_TIMEOUT_S)

    def written(self):
        size = 0
        for path in self.device.replica_files():
            try:
                size += path.with_name(path.name + "-wal").stat().st_size
            except FileNotFoundError:
                pass
        return size


def whole_document(out):
    """None if it was torn off: then nobody heard of it."""
    try:
        return json.loads(out)
    except ValueError:
        return None


class Syncer(Commander):
    """Without a link a sync fails as it should. Any other failure is one: a killed sync leaves no lock behind."""

    def __init__(self, device, mayhem):
        super().__init__("sync", device, mayhem)

    def act(self):
        if self.command("sync", codes=(0, NO_LINK)) is not None:
            self.mayhem.count("syncs that ended")
        if self.random.random() < VERIFY_CHANCE:
            found = self.device.verify()
            assert found == {"ok": True, "problems": []}, found


class Recorder(Commander):
    """Adds, edits and imports on one device, and keeps its ledger. `homes`: options, one set of which is drawn."""

    def __init__(self, device, mayhem, homes=((),), kinds=("client", "contact"), imported=None):
        super().__init__("record", device, mayhem)
        self.homes = homes
        self.kinds = kinds
        self.imported = imported
        self.batches = []
        self.edits = []
        self.imports = []
        self._number = 0

    def act(self):
        draw = self.random.random()
        if draw < 0.35:
            self.add_one()
        elif draw < 0.6 and "contact" in self.kinds:
            self.edit_one()
        elif draw < 0.8 and self.imported:
            self.import_many()
        else:
            self.add_many()

    def mark(self):
        self._number += 1
        return f"{self.device.name} {self._number}"

    def add_one(self):
        kind, home = self.random.choice(self.kinds), self.random.choice(self.homes)
        self.batches.append(batch := Batch(kind, [self.mark()]))
        said = self.command("add", kind, *setu_e2e.assignments(fields_of(kind, batch.marks[0])), *home)
        if said is not None:
            batch.ids = [said["id"]]

    def add_many(self):
        kind, home = self.random.choice(self.kinds), self.random.choice(self.homes)
        self.batches.append(batch := Batch(kind, [self.mark() for _ in range(self.random.randint(*MANY))]))
        path = self.file("jsonl")
        path.write_text(json_lines(fields_of(kind, mark) for mark in batch.marks))
        said = self.command("add", kind, "--file", path, *home)
        if said is not None:
            batch.ids = said["ids"]

    def edit_one(self):
        """Of what it was told is saved, or of what is on its screen: a lead edits what workers sent."""
        contacts = list(self.device.list("contact"))
        if not contacts:
            return
        self.edits.append(edit := Edit(self.random.choice(contacts), self.mark(), self.random.randrange(1, 50)))
        said = self.command("edit", edit.record, f"condoms+={edit.amount}", f"notes+={edit.note}")
        edit.acknowledged = said is not None

    def import_many(self):
        if not self.imports or self.imports[-1].done:
            marks = [self.mark() for _ in range(self.random.randint(*MANY))]
            self.imports.append(Import(self.imported, marks, self.file("csv")))
            key, name = COLUMNS[self.imported]
            self.imports[-1].path.write_text("".join(f"{line}\n" for line in
                                                     [f"{key},{name}", *(f"{mark},{mark}" for mark in marks)]))
        self.imports[-1].done = self.command(*self.import_command()) is not None

    def import_command(self):
        imported = self.imports[-1]
        return "import", imported.kind, imported.path, "--key", COLUMNS[imported.kind][0]

    def finish_import(self):
        """As whoever was interrupted does in the end."""
        if self.imports and not self.imports[-1].done:
            self.device.run(*self.import_command())
            self.imports[-1].done = True

    def file(self, suffix):
        return self.device.home.with_name(f"{self.device.name}-{self._number}.{suffix}")


COLUMNS = {"client": ("uic", "alias"), "facility": ("source_id", "name")}


def fields_of(kind, mark):
    return {"client": {"alias": mark, "notes": "first met"},
            "contact": {"date": "2026-01-02", "condoms": "0", "notes": mark},
            "activity": {"type": "training", "date": "2026-01-02", "title": mark}}[kind]


class Outages(Actor):
    """Kills the server: at any moment, behind any byte, while it starts; and proves its log meanwhile."""

    def __init__(self, net, mayhem):
        super().__init__("server", mayhem)
        self.server = net.server
        self.proxy = net.proxy

    def act(self):
        lives_s = self.random.uniform(*SERVER_LIVES_S)
        if self.random.random() < 0.5:
            hit = threading.Event()
            self.proxy.cut_after(self.random.choice(["up", "down"]), self.random.randrange(1, CUT_WITHIN_BYTES),
                                 self.kill_and_say(self.server.process, hit))
            hit.wait(lives_s)
            self.proxy.forget_cut()
        else:
            self.mayhem.over.wait(lives_s)
        self.kill()
        if self.random.random() < 0.3:
            checked = self.server.command("check")
            assert checked.code == 0, checked.out + checked.err
        if self.random.random() < 0.4:
            self.server.launch()
            time.sleep(self.random.uniform(0, STARTUP_S))  # no claim rests on it: any moment is a good one
            self.kill()
        self.server.start()

    def kill_and_say(self, process, hit):
        def action():
            process.kill()
            self.mayhem.count("servers killed behind a drawn byte")
            hit.set()
        return action

    def kill(self):
        self.server.kill()
        self.mayhem.killed("server")
