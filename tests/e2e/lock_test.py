"""Who may open a home: passphrases changed, tried and used up; homes locked and destroyed.

Goal: a wrong passphrase opens nothing and is counted, the right one always opens, and what was destroyed stays destroyed.
Method: the command line; a clock that is set ahead stands for waiting.
"""

import time

import setu_e2e
from setu_e2e import Scenario, say

FAILED, WRONG_USAGE, LOCKED = 1, 2, 3
FREE_TRIES = 5
KILLS = 20
CHANGE_TAKES_S = 0.15  # about; drawn moments are spread over it
WORDS = {"en": 5, "fr": 5, "pt": 5, "id": 5, "ru": 5, "bn": 6, "sw": 6, "vi": 6}


class LockTest(Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.net = cls.programme("net", {"First": ["north"]})
        cls.lead, cls.worker = cls.net.orgs[0].lead, cls.net.orgs[0].workers[0].device
        cls.record = cls.worker.add("client", {"alias": "kept"})
        cls.worker.sync()

    def setUp(self):
        # Each test on a copy of its own.
        self.phone = self.worker.copy_to(self.directory / self._testMethodName)

    def with_passphrase(self, passphrase, *command, clock_offset_s=0):
        other = setu_e2e.Device(self.phone.name, self.phone.home, clock_offset_s, passphrase)
        return other.try_run(*(command or ("status",)))

    def test_a_changed_passphrase_opens_and_the_old_one_does_not(self):
        old = self.phone.passphrase
        new_file = self.directory / "new-passphrase"
        new_file.write_text("window stone apple\n")
        self.assertTrue(self.phone.run("passphrase", "--new-passphrase-file", new_file)["changed"])
        self.assert_refused(self.with_passphrase(old), LOCKED, "does not fit")
        self.phone.passphrase = "Window Stone Apple"  # capitals do not count
        self.assertEqual(self.phone.show(self.record)["fields"]["alias"], "kept")
        self.phone.sync()

    def test_words_are_drawn_in_each_language(self):
        for language, count in WORDS.items():
            with self.subTest(language=language):
                drawn = self.phone.run("passphrase", "--words", "--lang", language)["passphrase"]
                self.assertEqual(len(drawn.split(" ")), count, drawn)
                self.phone.passphrase = drawn
                self.assertEqual(self.phone.show(self.record)["fields"]["alias"], "kept")
        self.assert_refused(self.phone.try_run("passphrase", "--words", "--lang", "xx"), FAILED, "en, .*bn")
        self.assertEqual(self.phone.show(self.record)["fields"]["alias"], "kept")

    def test_what_is_soon_guessed_is_refused_and_changes_nothing(self):
        for bad, why in (("1234", "8"), ("123456789012", "digits"), ("2580 2580 2580", "digits"), ("aaaaaaaaaa", "again")):
            with self.subTest(passphrase=bad):
                new_file = self.directory / "bad-passphrase"
                new_file.write_text(bad + "\n")
                done = self.phone.try_run("passphrase", "--new-passphrase-file", new_file)
                self.assert_refused(done, WRONG_USAGE, why)
        self.assertEqual(self.phone.status()["pending"], 0)
        link = self.lead.run("invite", "--org", "First", "--role", "worker", "--caseload", "pin")["link"]
        guest = setu_e2e.Device("guest", self.directory / "guest", passphrase="12345678")
        self.assert_refused(guest.try_run("join", link, "--as", "G", "--kdf", "small"), WRONG_USAGE, "digits")
        self.assertFalse(guest.home.exists(), "a refused passphrase leaves no home behind")

    def test_wrong_tries_have_to_wait_and_say_how_long(self):
        for number in range(1, FREE_TRIES):
            done = self.with_passphrase("not this one")
            self.assert_refused(done, LOCKED, "type it again")
        self.assert_refused(self.with_passphrase("not this one"), LOCKED, "30 seconds")
        # Not even the right one is looked at; nothing is counted meanwhile.
        early = self.phone.try_run("show", self.record)
        self.assert_refused(early, LOCKED, "5 wrong tries", r"try again in \d+ seconds")
        self.assert_refused(self.with_passphrase("not this one", clock_offset_s=31), LOCKED, "60 seconds")
        self.assert_refused(self.with_passphrase("not this one", clock_offset_s=60), LOCKED, "try again in")
        # A clock that was put back begins the wait anew and no longer.
        self.assert_refused(self.with_passphrase("not this one", clock_offset_s=-10**6), LOCKED, "60 seconds")
        self.phone.clock_offset_s = -10**6 + 61
        self.assertEqual(self.phone.show(self.record)["fields"]["alias"], "kept")
        self.assert_refused(self.with_passphrase("not this one"), LOCKED, "type it again")  # counted from none again

    def test_after_as_many_wrong_tries_as_its_owner_allows_all_is_destroyed(self):
        self.assert_refused(self.phone.try_run("passphrase", "--wipe-after", "2"), WRONG_USAGE, "5 to 255")
        self.assertEqual(self.phone.run("passphrase", "--wipe-after", "6")["wipe_after"], 6)
        self.assertFalse(self.phone.run("passphrase", "--wipe-after", "6")["changed"])
        for left in range(5, 0, -1):
            self.assert_refused(self.with_passphrase("not this one"), LOCKED, f"{left} more")
        self.assert_refused(self.with_passphrase("not this one", clock_offset_s=31), LOCKED, "last wrong try", "destroyed")
        self.assertFalse(self.phone.home.exists())
        self.assert_refused(self.phone.try_run("show", self.record), FAILED, "no Setu home")

    def test_tries_are_not_limited_where_nobody_asked_for_it(self):
        for number in range(8):
            self.with_passphrase("not this one", clock_offset_s=number * 4000)
        self.phone.clock_offset_s = 10 * 4000
        self.assertEqual(self.phone.show(self.record)["fields"]["alias"], "kept")

    def test_a_locked_home_has_no_log_of_last_writes(self):
        self.phone.add("client", {"alias": "just now"})
        self.assertTrue(self.phone.run("lock")["locked"])
        self.assertEqual([path.name for path in self.phone.home.iterdir() if path.name.endswith(("-wal", "-shm"))], [])
        self.assertEqual(len(self.phone.list("client", "--where", "alias=just now")), 1)

    def test_a_wiped_home_says_what_is_lost_and_leaves_nothing(self):
        self.phone.add("client", {"alias": "never sent"})
        pending = self.phone.status()["pending"]
        self.assert_refused(self.phone.try_run("wipe"), WRONG_USAGE, f"{pending} changes were not sent", "--yes")
        self.assert_refused(self.with_passphrase("not this one", "wipe", "--yes"), LOCKED, "does not fit")
        self.assertEqual(self.phone.status()["pending"], pending)
        self.assertEqual(self.phone.run("wipe", "--yes"), {"wiped": True, "lost": pending})
        self.assertFalse(self.phone.home.exists())
        self.assert_refused(self.phone.try_run("status"), FAILED, "no Setu home")

    def test_a_lease_locks_reading_of_the_caseload_and_never_recording(self):
        facility = self.net.coordinator.add("facility", {"name": "A clinic"})
        self.net.coordinator.sync()
        self.phone.sync()
        self.assert_refused(self.phone.try_run("lock", "--lease", "999"), WRONG_USAGE, "365")
        self.phone.run("lock", "--lease", "14")
        self.phone.clock_offset_s = 13 * 86400
        self.assertEqual(self.phone.show(self.record)["fields"]["alias"], "kept")
        self.phone.clock_offset_s = 15 * 86400
        for command in (("show", self.record), ("list", "client"), ("history", self.record)):
            self.assert_refused(self.phone.try_run(*command), LOCKED, "lease", "setu sync")
        added = self.phone.add("client", {"alias": "recorded all the same"})
        self.assertEqual(self.phone.edit(self.record, "alias=changed")["replaced"], {})
        self.assertNotIn("kept", self.phone.try_run("edit", self.record, "phone=1", as_json=False).out)
        self.assertEqual(list(self.phone.list("facility")), [facility])
        self.phone.sync()
        self.assertEqual(self.phone.show(added)["fields"]["alias"], "recorded all the same")
        self.assertEqual(self.phone.show(self.record)["fields"]["alias"], "changed")
        self.phone.run("lock", "--lease", "0")
        self.phone.clock_offset_s = 400 * 86400
        self.assertEqual(self.phone.show(self.record)["fields"]["alias"], "changed")

    def test_a_change_killed_at_any_moment_leaves_the_old_passphrase_or_the_new_one(self):
        new_file, changed = self.directory / "killed-passphrase", 0
        for number in range(KILLS):
            new = f"window stone apple {number} again"
            new_file.write_text(new + "\n")
            change = self.phone.start("passphrase", "--new-passphrase-file", new_file)
            time.sleep(self.random.random() * CHANGE_TAKES_S)
            change.kill()
            change.communicate(timeout=setu_e2e.COMMAND_TIMEOUT_S)
            if self.phone.try_run("show", self.record).code != 0:
                self.phone.passphrase = new
                changed += 1
            self.assertEqual(self.phone.show(self.record)["fields"]["alias"], "kept")
        say(f"{KILLS} changes of the passphrase killed, {changed} of them done")

    def test_commands_at_once_each_have_their_turn_with_the_key(self):
        running = [self.phone.start("add", "client", f"alias=at once {i}") for i in range(4)]
        for process in running:
            _, err = process.communicate(timeout=setu_e2e.COMMAND_TIMEOUT_S)
            self.assertEqual(process.returncode, 0, err)
        self.assertTrue(self.phone.verify()["ok"])


if __name__ == "__main__":
    setu_e2e.main()
