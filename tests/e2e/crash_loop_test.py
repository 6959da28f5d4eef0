"""Devices and the server are killed again and again, at any moment, while everybody records and syncs.

Goal: what a command said is saved stays saved, once, on every replica that may see it; every file opens again without
anybody's help. Method: SIGKILL for real processes on the real file system, over a link that is cut as well; then calm,
a few syncs, and a comparison with what the commands had said. `--kills 500` is the long run.
"""

import argparse
import sys
from collections import Counter

import setu_e2e
from crash_load import Mayhem, Outages, Recorder, Syncer
from link_shape import Shape
from replicas import SameEverywhere, without_people
from setu_e2e import Scenario, say

HOME_FILES = {"key", "key.new", "replica.db", "replica.db-wal", "replica.db-shm", "sync.lock"}
MARKS = {"client": "alias", "activity": "title", "facility": "name"}
kills_wanted = 80


def texts(view):
    return [line["text"] for line in view["fields"]["notes"]]


def mark_of(kind, view):
    """The word by which the ledger knows a record; a contact's is the first of its notes."""
    return texts(view)[0] if kind == "contact" else view["fields"][MARKS[kind]]


class CrashLoopTest(SameEverywhere, Scenario):
    def test_killed_at_any_moment_nothing_acknowledged_is_lost_or_doubled(self):
        self.net = self.programme("net", {"First": ["north", "south"], "Second": ["east"]})
        self.recorders = {device.name: recorder for device, recorder in self.make_recorders()}
        self.kill_all_the_time()
        self.calm()
        for device in self.net.devices():
            self.assert_at_rest(device)
        self.check_server()
        for org in self.net.orgs:
            self.check_org(org)
        self.check_across_orgs()
        self.say_figures()

    def make_recorders(self):
        self.mayhem = Mayhem(kills_wanted)
        yield self.net.coordinator, Recorder(self.net.coordinator, self.mayhem, kinds=("activity",))
        for org in self.net.orgs:
            homes = [("--caseload", worker.caseload) for worker in org.workers]
            yield org.lead, Recorder(org.lead, self.mayhem, homes, imported="facility")
            for worker in org.workers:
                yield worker.device, Recorder(worker.device, self.mayhem, imported="client")

    def kill_all_the_time(self):
        say(f"killing until {kills_wanted} are dead")
        self.net.proxy.shape(Shape(delay_s=0.002, cut_every_bytes=40_000, seed=setu_e2e.SEED))
        syncers = [Syncer(device, self.mayhem) for device in self.net.devices()]
        self.mayhem.run([*self.recorders.values(), *syncers, Outages(self.net, self.mayhem)])
        if self.mayhem.failures:
            self.fail("\n".join(self.mayhem.failures))
        for what in ("record", "sync", "server"):
            self.assertGreater(self.mayhem.kills[what], kills_wanted // 12, self.mayhem.kills)
        say(", ".join(f"{what} killed {number} times" for what, number in self.mayhem.kills.items()))

    def calm(self):
        """Everybody is let to finish. Each first sync works: no lock, no repair."""
        self.net.proxy.shape(Shape())
        for recorder in self.recorders.values():
            recorder.finish_import()
        order = self.net.devices()
        self.random.shuffle(order)
        self.net.sync_all(order, rounds=3)
        for device in order:
            left = {path.name for path in device.home.iterdir()}
            self.assertLessEqual(left, HOME_FILES, f"left behind at {device.name}")

    def check_server(self):
        checked = self.net.server.command("check")
        self.assertEqual(checked.code, 0, checked.out + checked.err)
        self.net.restart_server()
        self.net.server.stop()
        checked = self.net.server.command("check")
        self.assertEqual(checked.code, 0, checked.out + checked.err)

    # --- against the ledger

    def check_org(self, org):
        recorders = [self.recorders[device.name] for device in org.devices()]
        for kind in ("client", "contact"):
            by_lead = org.lead.list(kind)
            self.check_marks(kind, by_lead, recorders)
            self.assert_workers_agree(kind, org, by_lead)
            if kind == "contact":
                self.check_edits(by_lead, [edit for recorder in recorders for edit in recorder.edits])
        for recorder in recorders:
            here = {kind: set(recorder.device.list(kind)) for kind in ("client", "contact")}
            for batch in recorder.batches:
                self.assertLessEqual(set(batch.ids or ()), here[batch.kind], f"lost where it was made: {recorder.name}")

    def check_marks(self, kind, views, recorders):
        """Each command's records are there once, all or none of them; all if it said so; and nothing else is there."""
        found = {record: mark_of(kind, view) for record, view in views.items()}
        doubled = [mark for mark, times in Counter(found.values()).items() if times > 1]
        self.assertEqual(doubled, [], f"{kind}: doubled")
        present, known = set(found.values()), set()
        for recorder in recorders:
            for batch in (batch for batch in recorder.batches if batch.kind == kind):
                known |= set(batch.marks)
                self.check_batch(batch, present)
                for record, mark in zip(batch.ids or (), batch.marks):
                    self.assertEqual(found[record], mark, f"{recorder.name}: {record}")
            for imported in (imported for imported in recorder.imports if imported.kind == kind):
                known |= set(imported.marks)
                self.assertLessEqual(set(imported.marks), present, f"{recorder.name}: rows of an import are missing")
        self.assertLessEqual(present, known, f"{kind}: nobody made these")
        self.mayhem.count("records", len(found))

    def check_batch(self, batch, present):
        there = len(present.intersection(batch.marks))
        self.assertIn(there, (0, len(batch.marks)), f"torn: {batch}")
        if batch.ids is not None:
            self.assertEqual(len(batch.ids), len(batch.marks))
            self.assertEqual(there, len(batch.marks), f"acknowledged and lost: {batch}")
            self.mayhem.count("adds acknowledged")
        else:
            self.mayhem.count("killed adds that saved all" if there else "killed adds that saved nothing")

    def check_edits(self, views, edits):
        """The count of a contact is the sum of the edits whose note it has, to the last one."""
        by_note = {edit.note: edit for edit in edits}
        for record, view in views.items():
            _, *notes = texts(view)
            self.assertEqual(len(notes), len(set(notes)), f"{record}: an edit counted twice")
            self.assertTrue(all(by_note[note].record == record for note in notes), f"{record}: another's edit")
            self.assertEqual(view["fields"]["condoms"], sum(by_note[note].amount for note in notes), record)
        for edit in edits:
            if edit.acknowledged:
                self.assertIn(edit.note, texts(views[edit.record]), f"acknowledged and lost: {edit}")
                self.mayhem.count("edits acknowledged")

    def check_across_orgs(self):
        coordinator = self.net.coordinator
        for kind in ("client", "contact"):
            by_leads = {record: view for org in self.net.orgs for record, view in org.lead.list(kind).items()}
            self.assert_coordinator_agrees(kind, coordinator.list(kind), by_leads)
        self.check_marks("activity", coordinator.list("activity"), [self.recorders[coordinator.name]])
        facilities = coordinator.list("facility")
        self.check_marks("facility", facilities, self.recorders.values())
        for device in self.net.devices():
            here = {record: without_people(view["fields"]) for record, view in device.list("facility").items()}
            self.assertEqual(here, {record: without_people(view["fields"]) for record, view in facilities.items()})

    def say_figures(self):
        for what, number in sorted(self.mayhem.figures.items()):
            say(f"{number:6} {what}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--kills", type=int, default=kills_wanted)
    options, rest = parser.parse_known_args()
    kills_wanted = options.kills
    sys.argv[1:] = rest
    setu_e2e.main()
