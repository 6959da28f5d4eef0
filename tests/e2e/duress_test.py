"""A second passphrase for duress, and two replica files of which nobody can tell what is in them.

Goal: the duress passphrase shows the other replica and destroys the key of the first; whether there is one cannot be told by
the files. Method: the command line; the files' names, lengths, ages and bytes before and after.
"""

import os

import setu_e2e
from randomness import signs_of_order
from setu_e2e import HOME_FILES, Device, Scenario

FAILED, WRONG_USAGE, LOCKED = 1, 2, 3
DURESS = "market paper green boat seat"
PAGE_HEAD = (16, 24)  # the only bytes of a replica that can be read: sizes of its pages
STEP = 512 * 1024


class DuressTest(Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.net = cls.programme("net", {"First": ["north"]})
        cls.worker = cls.net.orgs[0].workers[0].device
        cls.record = cls.worker.add("client", {"alias": "kept"})
        cls.worker.sync()

    def setUp(self):
        self.phone = self.worker.copy_to(self.directory / self._testMethodName)

    def set_duress(self, *options, passphrase=DURESS, device=None):
        given = self.directory / "duress-passphrase"
        given.write_text(passphrase + "\n")
        return (device or self.phone).try_run("duress", "--duress-passphrase-file", given, *options)

    def opened_with(self, passphrase, home=None):
        return Device("phone", home or self.phone.home, passphrase=passphrase)

    def assert_alike(self, device):
        one, other = device.replica_files()
        self.assertEqual(one.stat().st_size, other.stat().st_size)
        self.assertEqual(one.stat().st_mtime_ns, other.stat().st_mtime_ns)
        self.assertEqual(one.stat().st_atime_ns, other.stat().st_atime_ns)
        self.assertEqual(one.stat().st_mode, other.stat().st_mode)
        self.assertEqual(one.stat().st_size % STEP, 0)
        begin, end = PAGE_HEAD
        data = [path.read_bytes() for path in (one, other)]
        self.assertEqual(data[0][begin:end], data[1][begin:end])
        for each in data:
            self.assertEqual(signs_of_order(each[:begin] + each[end:]), [])

    def test_the_duress_passphrase_shows_the_other_replica_and_destroys_the_first(self):
        self.assertEqual(self.set_duress().code, 0)
        self.assertEqual(self.phone.show(self.record)["fields"]["alias"], "kept")
        before = self.phone.copy_to(self.directory / "before")

        under_duress = self.opened_with(DURESS)
        self.assertEqual(under_duress.run("list", "client")["records"], [])
        status = under_duress.status()
        self.assertEqual((status["pending"], status["last_sync"]), (0, None))
        self.assertNotEqual(status["device"], before.status()["device"])
        self.assertEqual(under_duress.verify(), {"ok": True, "problems": []})
        self.assert_refused(self.phone.try_run("show", self.record), LOCKED, "does not fit")
        self.assert_refused(under_duress.try_run("show", self.record), FAILED)
        self.assertEqual(before.show(self.record)["fields"]["alias"], "kept")  # only a copy made before has it

    def test_with_and_without_one_the_files_are_alike_at_all_times(self):
        with_one, without = self.phone, self.worker.copy_to(self.directory / "without")
        self.assertEqual(self.set_duress().code, 0)
        for phone in (with_one, without):
            phone.status()  # copying it has read its files at different times
            self.assert_alike(phone)
        for size in (1, 300, 1500):
            records = [{"alias": f"A {i}", "notes": "n" * 500} for i in range(size)]
            for phone in (with_one, without):
                phone.add_many("client", records)
                self.assert_alike(phone)
                phone.run("lock")
                self.assert_alike(phone)
            sizes = [{path.name: path.stat().st_size for path in phone.home.iterdir()} for phone in (with_one, without)]
            self.assertEqual(sizes[0], sizes[1])
            self.assertEqual(set(sizes[0]), HOME_FILES)
        large = with_one.replica_files()[0].stat().st_size
        self.assertGreater(large, 2 * STEP)
        decoy = self.opened_with(DURESS)
        self.assertEqual(decoy.run("list", "client")["records"], [])
        self.assert_alike(decoy)
        self.assertEqual(decoy.replica_files()[0].stat().st_size, large)
        self.assertTrue(decoy.run("lock")["locked"])
        self.assert_alike(decoy)
        self.assertEqual(without.verify(), {"ok": True, "problems": []})

    def test_which_file_is_in_use_is_drawn_by_lot(self):
        names = {device.replica_in_use().name for device in self.net.devices()}
        for number in range(20):
            if len(names) == 2:
                break
            link = self.net.orgs[0].lead.run("invite", "--org", "First", "--role", "worker", "--caseload",
                                             f"drawn {number}")["link"]
            joiner = Device("joiner", self.directory / f"joiner-{number}")
            joiner.run("join", link, "--as", "J", "--kdf", "small")
            names.add(joiner.replica_in_use().name)
        self.assertEqual(names, set(setu_e2e.REPLICA_FILES))

    def test_it_may_show_another_programme(self):
        directory = self.programme("directory", {"Health directory": []})
        facility = directory.coordinator.add("facility", {"name": "A clinic"})
        directory.coordinator.sync()
        org = directory.orgs[0]
        link = org.lead.run("invite", "--org", org.name, "--role", "worker", "--caseload", "spare")["link"]
        self.assert_refused(self.set_duress("--join", link), WRONG_USAGE, "--as")
        self.assertEqual(self.set_duress("--join", link, "--as", "Visitor").code, 0)
        self.assert_refused(self.set_duress("--join", link, "--as", "Visitor"), WRONG_USAGE, "already")
        self.phone.add("client", {"alias": "goes on"})
        self.assert_alike(self.phone)
        decoy = self.opened_with(DURESS)
        decoy.sync()
        self.assertEqual(list(decoy.list("facility")), [facility])
        self.assertEqual(decoy.list("client"), {})
        self.assert_alike(decoy)

    def test_without_a_link_nothing_is_set_and_nothing_is_lost(self):
        directory = self.programme("unreachable", {"Health directory": []})
        link = directory.orgs[0].lead.run("invite", "--org", "Health directory", "--role", "worker", "--caseload", "s")["link"]
        directory.server.kill()
        self.assertEqual(self.set_duress("--join", link, "--as", "Visitor").code, 4)
        self.assert_refused(self.opened_with(DURESS).try_run("status"), LOCKED, "does not fit")
        self.assertEqual(self.phone.show(self.record)["fields"]["alias"], "kept")
        self.assert_alike(self.phone)

    def test_it_can_be_changed_and_taken_away(self):
        self.assert_refused(self.set_duress(passphrase=self.phone.passphrase), WRONG_USAGE, "passphrase itself")
        self.assert_refused(self.set_duress(passphrase="1234567890"), WRONG_USAGE, "digits")
        self.assertEqual(self.set_duress().code, 0)
        decoy = self.opened_with(DURESS, self.phone.copy_to(self.directory / "first-decoy").home).status()["device"]
        self.assertEqual(self.set_duress(passphrase="another one for this").code, 0)
        again = self.opened_with("another one for this", self.phone.copy_to(self.directory / "second-decoy").home)
        self.assertEqual(again.status()["device"], decoy, "the replica that it shows is the same")
        self.assert_refused(self.opened_with(DURESS).try_run("status"), LOCKED)
        self.assertEqual(self.phone.run("duress", "--off"), {"duress": False})
        self.assert_refused(self.opened_with("another one for this").try_run("status"), LOCKED)
        self.assertEqual(self.phone.show(self.record)["fields"]["alias"], "kept")
        self.assert_alike(self.phone)

    def test_files_that_a_crash_left_unlike_are_alike_after_the_next_command(self):
        idle = next(path for path in self.phone.replica_files() if path != self.phone.replica_in_use())
        for size in (None, 0, 100, 5000):
            if size is None:
                idle.unlink()
            else:
                os.truncate(idle, size)
            self.phone.status()
            self.assert_alike(self.phone)
        os.truncate(self.phone.replica_in_use(), self.phone.replica_in_use().stat().st_size + 4096 + 77)
        self.phone.add("client", {"alias": "after"})
        self.assert_sizes_alike(self.phone)
        self.assertEqual(self.phone.verify(), {"ok": True, "problems": []})

    def assert_sizes_alike(self, device):
        one, other = device.replica_files()
        self.assertEqual(one.stat().st_size, other.stat().st_size)


if __name__ == "__main__":
    setu_e2e.main()
