"""A worker leaves, and her sixty clients go to another.

Goal: with the real programs, every client and what belongs to it changes hands, the old phone keeps nothing of them that it
would show, what it wrote without having heard arrives, and every replica is in order.
"""

import setu_e2e
from setu_e2e import Scenario, say

CLIENTS = 60


class HandOver(Scenario):

    def test_a_worker_leaves_with_sixty_clients(self):
        programme = self.programme("leaving", {"Alpha": ["North", "South"]})
        lead, (north, south) = programme.orgs[0].lead, (worker.device for worker in programme.orgs[0].workers)
        everybody = [north, south, lead, programme.coordinator]
        clients = north.add_many("client", [{"alias": f"Client {i}", "population": ["msm"]} for i in range(CLIENTS)])
        met = north.add_many("contact", [{"client": client, "date": "2026-11-20", "services": ["condoms"],
                                          "condoms": 10} for client in clients])
        programme.sync_all(everybody)

        say("handing over")
        late = clients[7]
        north.edit(late, "phone=555")
        report = north.add("contact", {"client": late, "date": "2026-11-21", "services": ["hiv_test"]})
        north.edit(met[7], "condoms+=5")
        self.assert_refused(north.try_run("transfer", late, "--caseload", "South"), 1, "caseload")
        self.assert_refused(lead.try_run("transfer", late, "--caseload", "West"), 1, "caseload")
        self.assertEqual(lead.run("transfer", "--from", "North", "--caseload", "South"),
                         {"moved": 2 * CLIENTS, "refused": []})
        lead.sync()
        programme.sync_all(everybody)
        programme.sync_all(everybody)

        say("comparing")
        for kind, count in (("client", CLIENTS), ("contact", CLIENTS + 1)):
            self.assertEqual(north.list(kind), {})
            for device in (south, lead, programme.coordinator):
                self.assertEqual(len(device.list(kind)), count, device.name)
        self.assertEqual(south.show(late)["fields"]["phone"], "555")
        self.assertEqual(south.show(late)["caseload"], "South")
        self.assertEqual(south.show(report)["fields"]["services"], ["hiv_test"])
        for device in (south, lead, programme.coordinator):
            self.assertEqual(device.show(met[7])["fields"]["condoms"], 15)
            self.assertEqual(device.conflicts(), [])
        self.assertEqual(sum(record["fields"]["condoms"] for record in south.list("contact").values()
                             if "condoms" in record["fields"]), CLIENTS * 10 + 5)

        say("receipts")
        self.assertEqual(north.status()["handed_over"], 2 * CLIENTS + 1)
        self.assertEqual(south.status()["received"], 2 * CLIENTS + 1)
        self.assertEqual(north.status()["pending"], 0)
        self.assert_refused(north.try_run("show", late), 1, "handed over")
        handed = [change for change in south.run("history", late)["changes"] if "caseload" in change["fields"]]
        self.assertEqual(len(handed), 1)
        self.assertEqual(handed[0]["person"], "lead 1 of Alpha")
        self.assertEqual(handed[0]["fields"]["caseload"], "South")
        told = south.try_run("history", late, as_json=False).out
        self.assertRegex(told, r"worker 1 of Alpha  \(device [0-9a-f]{8}, brought and signed by lead 1 of Alpha\)")
        self.assertRegex(told, r"lead 1 of Alpha  \(device [0-9a-f]{8}, signed by it\)")
        for device in everybody:
            self.assertTrue(device.verify()["ok"], device.name)


if __name__ == "__main__":
    setu_e2e.main()
