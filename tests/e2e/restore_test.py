"""A server whose disk died, and the backup that is put in its place while devices had gone on.

Goal: nobody but the operator does anything, and everything that any device still has is back on the server and on every
device: records, changes, and a worker who joined after the backup. Method: the real programs; a backup is taken while the
server runs, work goes on, the log is replaced by `setu-server restore` or by hand, and everybody syncs as always.
"""

import shutil

import setu_e2e
from setu_e2e import Scenario, say


class RestoreTest(Scenario):
    def setUp(self):
        self.net = self.programme(self.id().rsplit(".", 1)[1], {"First": ["north"]})
        [self.org] = self.net.orgs
        self.lead, self.north = self.org.lead, self.org.workers[0].device
        self.written = {}
        self.write(self.north, "before the backup")
        self.sync_both()
        self.backup = self.directory / f"{self.id()}.db"
        made = self.net.server.command("backup", str(self.backup))
        self.assertEqual(made.code, 0, made.err)

    def write(self, worker, alias):
        self.written[worker.add("client", {"alias": alias})] = alias

    def sync_both(self):
        for _ in range(2):
            self.north.sync()
            self.lead.sync()

    def go_on_after_the_backup(self):
        """More records, and a worker who joins; the lead has seen it all."""
        self.write(self.north, "after the backup")
        self.south = self.net.device("late worker")
        self.net.join(self.south, self.lead, self.org, "worker", 2, "--caseload", "south")
        self.write(self.south, "by the one who joined late")
        self.south.sync()
        self.sync_both()

    def assert_all_is_well(self):
        """On the server, and on every device, with nothing open and nobody having done anything."""
        for _ in range(2):
            for device in (self.lead, self.south, self.north, self.net.coordinator):
                synced = device.sync()
                self.assertFalse(device.verify()["problems"])
            self.assertEqual(synced["warnings"], [])
        self.assertEqual(self.aliases(self.lead), set(self.written.values()))
        self.assertEqual(self.lead.status()["pending"], 0)
        checked = self.net.server.command("check")
        self.assertEqual(checked.code, 0, checked.out + checked.err)

    @staticmethod
    def aliases(device):
        return {record["fields"]["alias"] for record in device.list("client").values()}

    def test_restored_by_command(self):
        self.go_on_after_the_backup()
        self.net.server.stop()
        refused = self.net.server.command("restore", str(self.backup))
        self.assertEqual(refused.code, 1, refused.out)
        self.assertIn("--force", refused.err)
        restored = self.net.server.command("restore", str(self.backup), "--force")
        self.assertEqual(restored.code, 0, restored.err)
        self.assertIn("kept as", restored.out)
        self.net.server.start()
        self.assertEqual(self.aliases(self.lead), set(self.written.values()))
        self.lead.sync()
        self.assertEqual(self.aliases(self.lead), set(self.written.values()), "what is shown does not go away")
        self.assert_all_is_well()
        say("restored by command: everything came back")

    def test_restored_while_it_serves_is_refused(self):
        refused = self.net.server.command("restore", str(self.backup))
        self.assertEqual(refused.code, 1)
        self.assertIn("stop it first", refused.err)

    def test_put_back_by_hand(self):
        self.go_on_after_the_backup()
        self.net.server.stop()
        for part in ("log.db-wal", "log.db-shm"):
            (self.net.server.directory / part).unlink(missing_ok=True)
        shutil.copy(self.backup, self.net.server.directory / "log.db")
        self.net.server.start()
        self.lead.sync()
        self.assert_all_is_well()
        self.assertIn("new generation", self.net.server.log.read_text())
        say("put back by hand: found out, and everything came back")


if __name__ == "__main__":
    setu_e2e.main()
