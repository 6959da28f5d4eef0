"""Printed recovery keys: an organisation loses its only lead, and its sheet brings a new one in.

Goal: what a person reads off the paper is enough, a slip in it is told before anything happens, a sheet that was replaced
is worthless, everybody sees its use, and no file or message but the page ever holds the key. Method: the command line, and
the page's own text as `pdftotext` reads it.
"""

import os
import re
import stat
import subprocess

import setu_e2e
from setu_e2e import Scenario

FAILED, WRONG_USAGE, LOCKED, NO_LINK = 1, 2, 3, 4
CODE_LINE = re.compile(r"(?:[0-9A-Z]{4} ){3}[0-9A-Z]{4}")


class RecoveryTest(Scenario):
    def test_a_sheet_brings_a_new_lead_into_an_organisation_that_lost_its_only_one(self):
        net = self.programme("lost", {"First": ["north", "south"]})
        lead, north, south = net.orgs[0].lead, *(worker.device for worker in net.orgs[0].workers)
        self.assertRegex(" ".join(lead.status()["advice"]), "hangs on one lead's device.*setu recover print")
        self.assertEqual(north.status()["advice"], [])
        record = north.add("client", {"alias": "moon-alias"})
        other = south.add("client", {"alias": "star-alias"})
        key = self.print_sheet(net, lead)
        self.assertEqual(lead.status()["advice"], [])
        for device in (north, south):
            device.sync()
        lost = self.id_of(lead)  # and the lead's phone is never seen again

        whose = north.run("recover", "check", "--key-file", key)
        self.assertEqual(whose["org"], "First")
        link = north.run("recover", "invite", "--key-file", key)["link"]
        heir = net.device("heir")
        joined = heir.run("join", link, "--as", "New lead", "--kdf", "small")
        self.assertEqual((joined["role"], joined["state"]), ("lead", "pending"))
        self.assert_refused(north.try_run("recover", "approve", joined["device"], "--key-file", key), WRONG_USAGE, "six digits",
                            "--digits")
        digits = heir.sync()["digits"]
        let_in = north.run("recover", "approve", joined["device"], "--digits", digits, "--key-file", key)
        self.assertEqual(let_in["state"], "active")
        self.assertEqual(north.run("recover", "revoke", lost, "--wipe", "--key-file", key)["state"], "removed")
        heir.sync()
        self.assert_refused(heir.try_run("show", record), FAILED, "none with that id")

        self.assert_refused(north.try_run("approve", joined["device"]), WRONG_USAGE, "six digits", "--digits")
        self.assertEqual(heir.status()["digits"], digits)
        north.run("approve", joined["device"], "--digits", digits)
        heir.sync()
        self.assertEqual(heir.show(record)["fields"]["alias"], "moon-alias")
        self.assert_refused(heir.try_run("show", other), FAILED, "none with that id")
        south.run("approve", joined["device"], "--digits", heir.status()["digits"])
        heir.sync()
        self.assertIsNone(heir.status()["digits"])
        self.assertEqual(heir.show(other)["fields"]["alias"], "star-alias")
        self.assertTrue(lead.run("sync")["wiped"])

        by_the_sheet = "the printed recovery key of First"
        for device in (net.coordinator, north, heir):
            device.sync()
            members = {member["device"]: member for member in device.run("members")["members"]}
            self.assertEqual(members[joined["device"]]["let_in_by"], by_the_sheet)
            self.assertEqual(members[lost]["taken_out_by"], by_the_sheet)
            self.assertRegex(" ".join(device.status()["warnings"]), f"{by_the_sheet} was used")
            self.assertEqual(device.verify(), {"ok": True, "problems": []})
        told = [event["event"] for event in net.coordinator.run("audit")["events"] if event["person"] == by_the_sheet]
        self.assertEqual(told, ["invited", "approved", "revoked"])

        self.print_sheet(net, heir, "next")
        self.assertEqual(heir.status()["warnings"], [])
        # She leads as the lost one did.
        net.orgs[0].lead = heir
        worker = net.device("worker-new")
        net.join(worker, heir, net.orgs[0], "worker", 3, "--caseload", "west")
        late = worker.add("client", {"alias": "west-alias"})
        worker.sync()
        heir.sync()
        self.assertEqual(heir.show(late)["fields"]["alias"], "west-alias")
        self.assert_key_is_nowhere(net, key)

    def test_a_slip_or_another_key_is_told_and_nothing_happens(self):
        net = self.programme("slips", {"First": ["north"]})
        lead, worker = net.orgs[0].lead, net.orgs[0].workers[0].device
        key = self.print_sheet(net, lead)
        before = self.members(worker)
        lines = key.read_text().splitlines()
        for line in (0, 1):
            slipped = list(lines)
            slipped[line] = ("Y" if lines[line][0] != "Y" else "Z") + lines[line][1:]
            done = worker.try_run("recover", "invite", "--key-file", self.key_file(net, "slipped", slipped))
            self.assert_refused(done, WRONG_USAGE, f"line {line + 1} has a slip", "character by character")
            self.assertNotIn(lines[line][5:9], done.out + done.err)
        short = self.key_file(net, "short", [lines[0]])
        self.assert_refused(worker.try_run("recover", "invite", "--key-file", short), WRONG_USAGE, "16 characters")
        written = self.key_file(net, "written", [lines[0].lower().replace("0", "o"), lines[1].replace(" ", "-")])
        self.assertEqual(worker.run("recover", "check", "--key-file", written)["org"], "First")
        self.assert_refused(worker.try_run("recover", "invite"), LOCKED, "there is none", "--key-file")
        self.assert_refused(worker.try_run("recover", "invite", "--role", "worker", "--key-file", key), FAILED,
                            "workers are invited by a lead")
        self.assert_refused(worker.try_run("recover", "revoke", self.id_of(net.coordinator), "--key-file", key), FAILED,
                            "own people only")
        worker.sync()
        self.assertEqual(self.members(worker), before)

    def test_where_no_members_device_is_at_hand_the_sheet_alone_will_do(self):
        net = self.programme("bare", {"First": ["north"]}, tls=True)
        lead, worker = net.orgs[0].lead, net.orgs[0].workers[0].device
        record = worker.add("client", {"alias": "moon-alias"})
        worker.sync()
        self.print_sheet(net, lead)
        whole = self.key_file(net, "whole", self.lines_of(net.directory / "sheet.pdf"))
        scratch = net.directory / "scratch"
        scratch.mkdir()

        def bare(*args):
            command = [str(setu_e2e.BIN / "setu"), "--json", "recover", *args, "--without-home"]
            environment = {"TMPDIR": str(scratch), "PATH": os.environ["PATH"]}
            done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
            self.assertEqual(list(scratch.iterdir()), [], "nothing stays behind")
            return setu_e2e.Done(done.returncode, done.stdout, done.stderr)

        self.assert_refused(bare("invite", "--key-file", whole), WRONG_USAGE, "server's address", "--server")
        short = net.directory / "sheet.key"
        self.assert_refused(bare("invite", "--key-file", short, "--server", net.url), WRONG_USAGE, "all four lines")
        key = ("--key-file", whole, "--server", net.url)
        self.assertEqual(len(bare("check", *key).json["org_id"]), 32)
        heir = net.device("heir")
        joined = heir.run("join", bare("invite", *key).json["link"], "--as", "New lead", "--kdf", "small")
        self.assert_refused(bare("approve", joined["device"], *key), WRONG_USAGE, "six digits")
        digits = heir.sync()["digits"]
        self.assertEqual(bare("approve", joined["device"], "--digits", digits, *key).json["state"], "active")
        self.assertEqual(bare("revoke", self.id_of(lead), *key).json["state"], "removed")
        heir.sync()
        worker.run("approve", joined["device"], "--digits", digits)
        heir.sync()
        self.assertEqual(heir.show(record)["fields"]["alias"], "moon-alias")
        self.print_sheet(net, heir, "next")
        self.assert_refused(bare("invite", *key), FAILED, "")

    def test_a_sheet_that_was_replaced_is_worthless(self):
        net = self.programme("replaced", {"First": ["north"]})
        lead, worker = net.orgs[0].lead, net.orgs[0].workers[0].device
        old = self.print_sheet(net, lead, "old")
        worker.sync()
        new = self.print_sheet(net, net.coordinator, "new", "--org", "First")
        before = self.members(worker)
        done = worker.try_run("recover", "invite", "--key-file", old)
        self.assertEqual(done.code, FAILED, done.out + done.err)  # the log has the news, this device not yet
        self.assert_refused(worker.try_run("recover", "invite", "--key-file", old), FAILED, "newer sheet has replaced")
        self.assertEqual(self.members(worker), before)
        self.assertEqual([sheet["in_force"] for sheet in lead_sheets(worker)], [False, True])
        self.assertTrue(worker.run("recover", "invite", "--key-file", new)["link"])

    def test_nothing_changes_where_the_file_cannot_be_written_and_an_open_end_is_told(self):
        net = self.programme("files", {"First": ["north"]})
        lead, worker = net.orgs[0].lead, net.orgs[0].workers[0].device
        taken = net.directory / "taken.pdf"
        taken.write_text("mine")
        self.assert_refused(lead.try_run("recover", "print", "--pdf", taken), WRONG_USAGE, "one of that name")
        self.assertEqual(taken.read_text(), "mine")
        missing = net.directory / "missing" / "sheet.pdf"
        self.assert_refused(lead.try_run("recover", "print", "--pdf", missing), FAILED, "nothing was changed")
        refused = net.directory / "refused.pdf"
        self.assert_refused(worker.try_run("recover", "print", "--pdf", refused), FAILED, "lead of the organisation")
        self.assertFalse(refused.exists())
        lead.sync()
        self.assertEqual((lead_sheets(lead), lead.status()["pending"]), ([], 0))

        net.server.kill()
        waiting = net.directory / "waiting.pdf"
        self.assert_refused(lead.try_run("recover", "print", "--pdf", waiting), NO_LINK, "does not count until",
                            "setu sync")
        key = self.key_of(net, waiting)
        self.assertEqual(lead_sheets(lead), [])
        net.server.start()
        lead.sync()
        self.assertEqual([sheet["in_force"] for sheet in lead_sheets(lead)], [True])
        self.assertEqual(lead.run("recover", "check", "--key-file", key)["org"], "First")

    # --- what a person does with the paper

    def print_sheet(self, net, device, name="sheet", *options):
        page = net.directory / f"{name}.pdf"
        printed = device.run("recover", "print", "--pdf", page, *options)
        self.assertEqual(printed["state"], "in_force")
        self.assertEqual(stat.S_IMODE(os.stat(page).st_mode), 0o600)
        return self.key_of(net, page, printed["id"])

    def lines_of(self, page, sheet_id=None):
        words = subprocess.run(["pdftotext", "-layout", str(page), "-"], capture_output=True, text=True, check=True).stdout
        self.assertEqual(words.count("\f"), 1, "one page")
        if sheet_id is not None:
            self.assertIn(" ".join(re.findall("....", sheet_id)), words)
        lines = CODE_LINE.findall(words)
        self.assertEqual(len(lines), 4, words)
        return lines

    def key_of(self, net, page, sheet_id=None):
        return self.key_file(net, page.stem, self.lines_of(page, sheet_id)[:2])

    @staticmethod
    def key_file(net, name, lines):
        path = net.directory / f"{name}.key"
        path.write_text("\n".join(lines) + "\n")
        return path

    def assert_key_is_nowhere(self, net, key):
        groups = key.read_text().split()
        for device in (*net.devices(), net.device("heir")):
            said = b"".join(device.said)
            kept = b"".join(path.read_bytes() for path in device.home.glob("*")) if device.home.exists() else b""
            for group in groups:
                self.assertNotIn(group.encode() + b" ", said)
            for line in key.read_text().splitlines():
                self.assertNotIn(line.encode(), said + kept)
        for path in [net.server.log, *net.server.directory.glob("**/*")]:
            if path.is_file():
                for line in key.read_text().splitlines():
                    self.assertNotIn(line.encode(), path.read_bytes())

    @staticmethod
    def members(device):
        return sorted((member["device"], member["state"]) for member in device.run("members")["members"]
                      if member["device"])

    @staticmethod
    def id_of(device):
        return device.status()["device"]


def lead_sheets(device):
    return device.run("recover", "list")["sheets"]


if __name__ == "__main__":
    setu_e2e.main()
