"""A device is killed while it joins or founds a programme.

Goal: whatever a kill leaves, the same command again or a sync finishes the start, and the error says which; nobody has
to remove a file or ask for a second invite. Method: each start is killed a few times at drawn moments of the length that
starts have here, then let run; until there were enough kills.
"""

import setu_e2e
from crash_load import Commander, Mayhem
from setu_e2e import Device, Scenario, say

KILLS, KILLS_EACH = 16, 3
MOST_STARTS = 60
NO_LIMIT = 10**9
WRONG_USAGE = 2
RECORD = {"join": ("client", {"alias": "A"}), "programme": ("activity", {"type": "training", "date": "2026-01-02"})}


class KilledStartTest(Scenario):
    def test_a_start_killed_at_any_moment_is_finished_by_the_same_command_or_a_sync(self):
        net = self.programme("net", {"First": ["north"]})
        mayhem, lead = Mayhem(NO_LIMIT), net.orgs[0].lead
        lengths, number = {}, 0
        while mayhem.kills["start"] < KILLS and number < MOST_STARTS:
            if number % 3:
                link = lead.run("invite", "--org", "First", "--role", "worker", "--caseload",
                                f"caseload {number}")["link"]
                command = ("join", link, "--as", "Killed", "--kdf", "small")
            else:
                command = ("programme", "create", "P", "--server", net.url, "--org", "U", "--as", "Killed", "--kdf",
                           "small", "--token", net.server.token())
            self.start_killed(Device(f"starter-{number}", net.directory / f"starter-{number}"), command, mayhem, lengths)
            number += 1
        self.assertGreaterEqual(mayhem.kills["start"], KILLS)
        say(f"{number} starts killed {mayhem.kills['start']} times, and finished")

    def start_killed(self, device, command, mayhem, lengths):
        starter = Commander("start", device, mayhem, kill_chance=1, lengths=lengths)
        for _ in range(KILLS_EACH):
            starter.command(*command, codes=(0, WRONG_USAGE))
        again = device.try_run(*command)
        if again.code != 0:
            self.assert_refused(again, WRONG_USAGE, "setu sync")
            device.sync()
        device.add(*RECORD[command[0]])
        device.sync()
        self.assertEqual(device.status()["pending"], 0)
        self.assertEqual(device.verify(), {"ok": True, "problems": []})
        self.assertEqual({path.name for path in device.home.iterdir()}, {"key", "key.new", "replica.db", "sync.lock"})

    def test_a_replica_whose_key_is_gone_is_not_taken_for_an_unfinished_start(self):
        net = self.programme("keyless", {})
        home = net.coordinator.home
        (home / "key").rename(home.with_name("key-elsewhere"))
        before = (home / "replica.db").read_bytes()
        create = ("programme", "create", "P", "--server", net.url, "--org", "U", "--as", "C", "--kdf", "small")
        self.assert_refused(net.coordinator.try_run(*create, "--token", net.server.token()), WRONG_USAGE, "already")
        self.assertEqual((home / "replica.db").read_bytes(), before)
        home.with_name("key-elsewhere").rename(home / "key")
        net.coordinator.sync()


if __name__ == "__main__":
    setu_e2e.main()
