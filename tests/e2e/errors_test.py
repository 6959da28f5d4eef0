"""What goes wrong in the field, and what Setu says then.

Goal: each failure has its exit code, says what happened and what to do, loses nothing, and what it keeps arrives later.
"""

import os
import resource
import signal
import subprocess
import time
from pathlib import Path

import setu_e2e
from setu_e2e import Device, Scenario, Server, json_lines, say

POLL_S = 0.01
FULL_DISK_BYTES = 3 * 1024 * 1024


class ErrorsTest(Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.net = cls.programme("net", {"First": ["north", "south"]})
        cls.lead = cls.net.orgs[0].lead
        cls.worker, cls.other_worker = (worker.device for worker in cls.net.orgs[0].workers)

    def test_wrong_input_names_the_field_and_changes_nothing(self):
        record = self.worker.add("client", {"alias": "A"})
        before = self.worker.show(record)
        missing = "00000000-0000-7000-8000-000000000000"
        cases = [(("add", "client", "alias=B", "colour=red"), 2, "colour|field"),
                 (("add", "client", "alias=B", "birth_year=soon"), 2, "birth_year"),
                 (("add", "client", "alias=B", "birth_year=1066"), 2, "birth_year"),
                 (("add", "client", "alias=B", "gender=maybe"), 2, "gender"),
                 (("add", "client", "alias=B", "population=hijra,unknown"), 2, "population"),
                 (("add", "client", "alias=B", "consent_on=2026-02-30"), 2, "consent_on"),
                 (("add", "client", "phone=1"), 2, "alias"),
                 (("add", "contact", "date=2026-01-02", "condoms=many"), 2, "condoms"),
                 (("add", "referral", "urgency=today"), 2, "service"),
                 (("add", "clent", "alias=B"), 1, "client"),
                 (("edit", record, "alias="), 2, "alias"),
                 (("edit", record, "alias=B", "--seen", "nonsense"), (1, 2), "seen|token"),
                 (("edit", missing, "alias=B"), 1, "record"),
                 (("show", missing), 1, "record"),
                 (("show", "not-an-id"), (1, 2), "record|id"),
                 (("delete", missing), 1, "record"),
                 (("resolve", "nothing", "--keep", "shown"), (1, 2), "conflict"),
                 (("list", "client", "--where", "colour=red"), 2, "colour|field"),
                 (("add", "client", "alias=B", "--caseload", "nowhere"), (1, 2), "caseload"),
                 (("invite", "--role", "worker"), 1, "lead"),
                 (("org", "add", "Third"), 1, "coordinator"),
                 (("add", "client"), 2, "alias"),
                 (("nonsense",), 2, "usage")]
        for command, code, words in cases:
            with self.subTest(command=command):
                done = self.worker.try_run(*command)
                codes = code if isinstance(code, tuple) else (code,)
                self.assertIn(done.code, codes, done.err)
                self.assert_refused(done, done.code, words)
        self.assertEqual(self.worker.show(record), before)

    def test_one_wrong_record_of_many_saves_none_and_is_named_by_its_place(self):
        before = self.worker.list("client")
        lines = json_lines([{"alias": "A"}, {"alias": "B"}, {"phone": "1"}])
        done = self.worker.try_run("add", "client", "--file", "-", stdin=lines)
        self.assert_refused(done, 2, "3", "alias")
        self.assertEqual(self.worker.list("client"), before)

    def test_json_that_no_field_can_hold_is_refused_whole(self):
        before = self.worker.list("client")
        nested = "[" * 200_000 + "]" * 200_000
        for fields in ('"topics": ["a,b"]', '"alias=x": 1', '"topics": [1]', '"services": {"k": %s}' % nested):
            lines = '{"alias": "A"}\n{"alias": "B", %s}\n' % fields
            self.assert_refused(self.worker.try_run("add", "client", "--file", "-", stdin=lines), 2, "line 2")
        self.assertEqual(self.worker.list("client"), before)

    def test_more_than_one_home_asks_which(self):
        self.assert_refused(self.lead.try_run("add", "client", "alias=A"), 2, "caseload")
        self.assertTrue(self.lead.add("client", {"alias": "A"}, "--caseload", "north"))

    def test_a_home_that_is_not_there_says_how_to_make_one(self):
        nobody = Device("nobody", self.directory / "nobody")
        self.assert_refused(nobody.try_run("status"), 1, "join")

    def test_bad_and_used_up_invites(self):
        link = self.lead.run("invite", "--org", "First", "--role", "worker", "--caseload", "west")["link"]
        guest = Device("guest", self.directory / "guest")
        for bad in ("https://127.0.0.1/nothing", "nonsense", link[:-4], link.split("#")[0]):
            self.assert_refused(guest.try_run("join", bad, "--as", "G", "--kdf", "small"), 2, "invite|link")
        guest.run("join", link, "--as", "G", "--kdf", "small")
        late = Device("late", self.directory / "late")
        self.assert_refused(late.try_run("join", link, "--as", "L", "--kdf", "small"), 1, "used|invite")
        self.assertFalse((late.home / "key").exists(), "a refused joiner leaves no home behind")
        link = self.lead.run("invite", "--org", "First", "--role", "worker", "--caseload", "later")["link"]
        late.run("join", link, "--as", "L", "--kdf", "small")

    def test_an_invite_that_went_astray_is_withdrawn(self):
        made = self.lead.run("invite", "--org", "First", "--role", "worker", "--caseload", "astray")
        invited = [view["invite"] for view in self.lead.run("members")["members"] if view["state"] == "invited"]
        self.assertIn(made["invite"], invited)
        self.assert_refused(self.lead.try_run("withdraw", "beef"), 1, "no such invite", "setu members")
        self.lead.run("withdraw", made["link"])
        self.assert_refused(self.lead.try_run("withdraw", made["invite"]), 2, "already")
        late = Device("astray", self.directory / "astray")
        self.assert_refused(late.try_run("join", made["link"], "--as", "A", "--kdf", "small"), 1, "invite")
        self.assertFalse((late.home / "key").exists())

    def test_a_start_that_is_cut_off_anywhere_can_be_finished(self):
        """Either the home is gone and the same command works again, or it is kept and `setu sync` finishes it."""
        link = self.lead.run("invite", "--org", "First", "--role", "worker", "--caseload", "cut")["link"]
        self.cut_until_it_works(("join", link, "--as", "Cut", "--kdf", "small"), "joiner")
        self.cut_until_it_works(("programme", "create", "P", "--server", self.net.url, "--org", "U", "--as", "C", "--kdf",
                                 "small", "--token", self.net.server.token()), "founder")

    def cut_until_it_works(self, command, name):
        device = Device(name, self.directory / name)
        for size in range(0, 60_000, 250):
            self.net.proxy.cut_after("down", size + 1)
            done = device.try_run(*command)
            self.assertFalse(self.net.proxy.forget_cut(), "no cut hit the moment between spending and hearing of it")
            if (device.home / "key").exists():
                self.assert_refused(done, 4, "kept", "setu sync")
                device.sync()
                break
            self.assert_refused(done, 4)
        self.assertEqual(device.status()["pending"], 0)
        self.assertIn("active", [member["state"] for member in device.run("members")["members"]
                                 if member["device"] == device.status()["device"]])

    def test_a_token_works_once(self):
        token = self.net.server.token()
        command = ("programme", "create", "P", "--server", self.net.url, "--org", "U", "--as", "C", "--kdf", "small")
        Device("first", self.directory / "token-1").run(*command, "--token", token)
        second = Device("second", self.directory / "token-2")
        self.assert_refused(second.try_run(*command, "--token", token), 1, "token")
        self.assert_refused(second.try_run(*command, "--token", "nonsense"), 2, "token")

    def test_an_unreachable_server_keeps_all_and_a_later_sync_delivers(self):
        self.net.server.kill()
        record = self.worker.add("client", {"alias": "offline"})
        self.assert_refused(self.worker.try_run("sync"), 4, "again|later|network|link")
        self.assertGreater(self.worker.status()["pending"], 0)
        guest = Device("guest", self.directory / "no-link")
        done = guest.try_run("programme", "create", "P", "--server", self.net.url, "--org", "U", "--as", "C", "--kdf",
                             "small", "--token", self.net.server.token())
        self.assert_refused(done, 4)
        self.net.server.start()
        self.worker.sync()
        self.lead.sync()
        self.assertEqual(self.worker.status()["pending"], 0)
        self.assertEqual(self.lead.show(record)["fields"]["alias"], "offline")

    def test_recording_goes_on_while_a_sync_hangs(self):
        self.worker.add("client", {"alias": "before"})
        self.net.proxy.stall()
        hanging = self.worker.start("sync")
        self.addCleanup(hanging.kill)
        self.wait_until_syncing(self.worker, hanging)
        record = self.worker.add("client", {"alias": "meanwhile"})
        self.worker.edit(record, "phone=1")
        self.assertEqual(self.worker.show(record)["fields"]["alias"], "meanwhile")
        self.assert_refused(self.worker.try_run("sync"), 1, "another sync", "wait")
        self.assertIsNone(hanging.poll(), "recording had to wait for the sync")
        self.net.proxy.resume()
        _, err = hanging.communicate(timeout=setu_e2e.COMMAND_TIMEOUT_S)
        self.assertEqual(hanging.returncode, 0, err)
        self.worker.sync()
        self.lead.sync()
        self.assertEqual(self.lead.show(record)["fields"]["phone"], "1")

    def wait_until_syncing(self, device, sync):
        """Until its lock is held, as /proc/locks says: to try it would be to take it."""
        lock = device.home / "sync.lock"
        while not (lock.exists() and f":{lock.stat().st_ino} " in Path("/proc/locks").read_text()):
            self.assertIsNone(sync.poll(), "the sync ended on a stalled link")
            time.sleep(POLL_S)

    def test_a_killed_sync_leaves_no_lock(self):
        self.net.proxy.stall()
        hanging = self.other_worker.start("sync")
        self.wait_until_syncing(self.other_worker, hanging)
        hanging.kill()
        hanging.communicate(timeout=setu_e2e.COMMAND_TIMEOUT_S)
        self.net.proxy.resume()
        self.other_worker.sync()

    def test_two_devices_sync_at_once(self):
        records = {device: device.add("client", {"alias": device.name}) for device in (self.worker, self.other_worker)}
        syncs = [device.start("sync") for device in (self.worker, self.other_worker, self.lead, self.net.coordinator)]
        for sync in syncs:
            _, err = sync.communicate(timeout=setu_e2e.COMMAND_TIMEOUT_S)
            self.assertEqual(sync.returncode, 0, err)
        self.lead.sync()
        for device, record in records.items():
            self.assertEqual(self.lead.show(record)["fields"]["alias"], device.name)

    def test_two_programs_record_in_one_home_at_once(self):
        aliases = [f"at once {i}" for i in range(8)]
        adding = [self.worker.start("add", "client", f"alias={alias}") for alias in aliases]
        for add in adding:
            _, err = add.communicate(timeout=setu_e2e.COMMAND_TIMEOUT_S)
            self.assertEqual(add.returncode, 0, err)
        found = [record["fields"]["alias"] for record in self.worker.list("client").values()]
        self.assertEqual(sorted(alias for alias in found if alias in aliases), aliases)
        self.assertTrue(self.worker.verify()["ok"])

    def test_a_server_with_another_identity_is_refused(self):
        for tls in (False, True):
            with self.subTest(tls=tls):
                self.meet_another_server(tls)

    def meet_another_server(self, tls):
        net = self.programme(f"identity-{tls}", {}, tls=tls)
        net.coordinator.add("activity", {"type": "training", "date": "2026-01-01"})
        pending = net.coordinator.status()["pending"]
        other = Server(net.directory / "other", tls=tls).start()
        self.addClassCleanup(other.kill)
        net.proxy.target = other.port
        self.assert_refused(net.coordinator.try_run("sync"), 1, "server|identity", "address|server")
        self.assertEqual(net.coordinator.status()["pending"], pending)
        guest = Device("guest", net.directory / "guest")
        create = ("programme", "create", "P", "--server", net.url, "--org", "U", "--as", "C", "--kdf", "small")
        self.assert_refused(guest.try_run(*create, "--token", net.server.token()), 1, "identity|token")
        net.proxy.target = net.server.port
        self.assertGreater(net.coordinator.sync()["pushed"], 0)
        say(f"another server in the old one's place was refused ({'TLS' if tls else 'plain'})")

    def test_a_programme_runs_over_tls_with_a_certificate_that_the_server_made(self):
        net = self.programme("tls", {"First": ["north"]}, tls=True)
        worker, lead = net.orgs[0].workers[0].device, net.orgs[0].lead
        record = worker.add("client", {"alias": "over TLS"})
        net.sync_all([worker, lead], rounds=1)
        self.assertEqual(lead.show(record)["fields"]["alias"], "over TLS")

    def test_a_full_disk_says_so_and_keeps_what_was_there(self):
        mount = self.directory / "small"
        mount.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={FULL_DISK_BYTES}", "tmpfs", str(mount)]
        mounted = os.geteuid() == 0 and subprocess.run(command, capture_output=True).returncode == 0
        if mounted:
            self.addCleanup(subprocess.run, ["umount", mount], check=True)
        link = self.lead.run("invite", "--org", "First", "--role", "worker", "--caseload", "small disk")["link"]
        device = Device("small", mount / "home")
        device.run("join", link, "--as", "S", "--kdf", "small")
        kept = []
        for number in range(200):
            lines = json_lines({"alias": f"{number} {i} {os.urandom(900).hex()}"} for i in range(40))
            limit = {} if mounted else {"preexec_fn": small_files}
            done = device.try_run("add", "client", "--file", "-", stdin=lines, **limit)
            if done.code != 0:
                break
            kept += done.json["ids"]
        self.assert_refused(done, 1, "disk|room|space" if mounted else "disk|room|space|write|input")
        self.assertGreater(len(kept), 0)
        self.assertEqual(set(device.list("client")), set(kept))
        self.assertEqual(device.verify(), {"ok": True, "problems": []})
        roomy = device.copy_to(self.directory / "roomy")
        roomy.add("client", {"alias": "there is room again"})
        roomy.sync()
        self.lead.sync()
        self.assertEqual(len(self.lead.list("client", "--where", "alias=there is room again")), 1)
        self.assertLessEqual(set(kept), set(self.lead.list("client")))
        say(f"full disk ({'tmpfs' if mounted else 'file size limit'}): {len(kept)} records kept, none torn")


def small_files():
    """In the child: no file grows beyond the limit. The signal would kill it; the error is what a full disk gives."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (FULL_DISK_BYTES, FULL_DISK_BYTES))


if __name__ == "__main__":
    setu_e2e.main()
