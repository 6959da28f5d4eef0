"""Devices are taken out: one that was away, a lead, and who must not be.

Goal: a removed device is told, reads nothing new, and what it recorded before it heard can be read by a lead; the others go
on under new keys; slips are refused with what to do. Method: the command line, as people use it.
"""

import setu_e2e
from setu_e2e import Scenario

FAILED, WRONG_USAGE = 1, 2


class RemovalTest(Scenario):
    def test_a_worker_who_was_away_is_taken_out(self):
        net = self.programme("away", {"First": ["north", "north"]})
        lead, gone, stays = net.orgs[0].lead, net.orgs[0].workers[0].device, net.orgs[0].workers[1].device
        lead.sync()
        for device in (lead, gone, stays):
            device.sync()
        early = gone.add("client", {"alias": "early-alias"}, "--caseload", "north")
        gone.sync()
        late = gone.add("client", {"alias": "late-alias"}, "--caseload", "north")

        removed = lead.run("revoke", self.id_of(gone))
        self.assertEqual(removed["state"], "removed")
        after = lead.add("client", {"alias": "after-alias"}, "--caseload", "north")
        lead.sync()

        said = gone.run("sync")
        self.assertRegex(" ".join(said["warnings"]), "removed")
        self.assertEqual(gone.status()["pending"], 0)
        self.assertEqual(gone.show(early)["fields"]["alias"], "early-alias")
        self.assert_refused(gone.try_run("show", after), FAILED, "none with that id")
        self.assert_refused(gone.try_run("add", "client", "alias=more"), FAILED, "removed from the programme", "lead")

        for device in (lead, stays):
            device.sync()
            self.assertEqual(device.show(early)["fields"]["alias"], "early-alias")
            self.assertEqual(device.show(after)["fields"]["alias"], "after-alias")
            self.assert_refused(device.try_run("show", late), FAILED, "none with that id")
            self.assertEqual(device.verify(), {"ok": True, "problems": []})
            kept = device.run("quarantine", "list")["quarantine"]
            fields = [change["fields"] for batch in kept for change in batch["changes"] if change["record"] == late]
            self.assertTrue(any("late-alias" in str(written) for written in fields), kept)
        self.assert_refused(stays.try_run("quarantine", "adopt", "--device", self.id_of(gone)), FAILED, "only a lead")
        adopted = lead.run("quarantine", "adopt", "--device", self.id_of(gone))
        self.assertEqual([batch["changes"] for batch in adopted["adopted"]], [1, 1])
        lead.sync()
        stays.sync()
        for device in (lead, stays):
            self.assertEqual(device.show(late)["fields"]["alias"], "late-alias")
        told = stays.run("history", late)["changes"]
        self.assertEqual({change["device"] for change in told}, {self.id_of(gone)})
        for batch in stays.run("quarantine", "list")["quarantine"]:
            stays.run("quarantine", "drop", batch["id"][:6])
        self.assertEqual([lead.status()["quarantined"], stays.status()["quarantined"]], [0, 0])
        states = {member["device"]: member["state"] for member in stays.run("members")["members"]}
        self.assertEqual(states[self.id_of(gone)], "removed")

        events = lead.run("audit", "--about", self.id_of(gone))["events"]
        self.assertEqual([event["event"] for event in events if event["subject"] == self.id_of(gone)], ["joined", "revoked"])
        self.assertTrue(all(event["verified"] for event in events))
        self.assertEqual({event["subject"] for event in lead.run("audit", "--event", "adopted")["events"]}, {late})
        self.assert_refused(stays.try_run("audit"), FAILED, "only leads")

        written = stays.add("client", {"alias": "written-on"}, "--caseload", "north")
        stays.sync()
        lead.run("rotate")
        stays.sync()
        lead.sync()
        self.assertEqual(lead.show(written)["fields"]["alias"], "written-on")
        self.assertEqual(lead.verify(), {"ok": True, "problems": []})

    def test_slips_are_refused_with_what_to_do(self):
        net = self.programme("slips", {"First": ["north"], "Second": ["south"]})
        lead, worker = net.orgs[0].lead, net.orgs[0].workers[0].device
        lead.sync()
        stranger = net.orgs[1].lead
        stranger.sync()
        self.assert_refused(lead.try_run("revoke", self.id_of(lead)), WRONG_USAGE, "this very device", "--leave")
        self.assert_refused(lead.try_run("revoke", self.id_of(lead), "--leave"), FAILED, "rules do not allow")
        self.assert_refused(stranger.try_run("revoke", self.id_of(worker)), FAILED, "lead of the same organisation")
        self.assert_refused(worker.try_run("rotate"), FAILED, "only leads and coordinators")
        self.assert_refused(lead.try_run("revoke", "ffffffff"), FAILED, "nobody with that id")
        self.assert_refused(lead.try_run("quarantine", "drop", "ffffffff"), FAILED, "nothing with that id")
        self.assertEqual(worker.run("revoke", self.id_of(worker), "--leave")["state"], "removed")
        lead.sync()
        self.assert_refused(lead.try_run("approve", self.id_of(worker)), WRONG_USAGE, "removed")

    def test_a_lead_is_taken_out_by_a_coordinator_and_everybody_else_goes_on(self):
        net = self.programme("lead", {"First": ["north"], "Second": ["south"]})
        lead, worker = net.orgs[0].lead, net.orgs[0].workers[0].device
        copy = lead.copy_to(net.directory / "copy")
        self.assertEqual(net.coordinator.run("revoke", self.id_of(lead), "--wipe")["state"], "removed")
        record = worker.add("client", {"alias": "goes-on"})
        worker.sync()
        net.coordinator.sync()
        self.assertIn(record, [shown["id"] for shown in net.coordinator.run("list", "client")["records"]])
        self.assertTrue(lead.run("sync")["wiped"])
        self.assert_refused(lead.try_run("show", record), FAILED, "no Setu home")
        # A command that is no sync may hear of it: then the next one carries it out.
        self.assertNotEqual(copy.try_run("caseload", "add", "late").code, 0)
        self.assertTrue(copy.home.exists())
        self.assert_refused(copy.try_run("list", "client"), FAILED, "told to destroy", "invite")
        self.assertFalse(copy.home.exists())
        self.assertEqual(net.orgs[1].lead.verify(), {"ok": True, "problems": []})

    def test_a_wipe_order_is_carried_out_at_the_next_sync_and_nobody_else_loses_anything(self):
        net = self.programme("wiped", {"First": ["north", "north"]})
        lead, lost, stays = net.orgs[0].lead, net.orgs[0].workers[0].device, net.orgs[0].workers[1].device
        sent = lost.add("client", {"alias": "sent"}, "--caseload", "north")
        lost.sync()
        late = lost.add("client", {"alias": "late"}, "--caseload", "north")
        lead.run("revoke", self.id_of(lost), "--wipe")
        self.assertEqual(lost.show(sent)["fields"]["alias"], "sent")  # it has not heard of it yet

        said = lost.run("sync")
        self.assertEqual((said["wiped"], said["lost"]), (True, 0))
        self.assertFalse(lost.home.exists())
        self.assert_refused(lost.try_run("show", sent), FAILED, "no Setu home")

        for device in (lead, stays):
            device.sync()
            self.assertEqual(device.show(sent)["fields"]["alias"], "sent")
        kept = lead.run("quarantine", "list")["quarantine"]
        self.assertIn(late, {change["record"] for batch in kept for change in batch["changes"]}, "it sent what it had")

    def test_without_a_wipe_order_a_removed_device_keeps_what_it_holds(self):
        net = self.programme("kept", {"First": ["north"]})
        lead, gone = net.orgs[0].lead, net.orgs[0].workers[0].device
        record = gone.add("client", {"alias": "mine"})
        gone.sync()
        lead.run("revoke", self.id_of(gone))
        gone.sync()
        gone.sync()
        self.assertEqual(gone.show(record)["fields"]["alias"], "mine")

    @staticmethod
    def id_of(device):
        return device.status()["device"]


if __name__ == "__main__":
    setu_e2e.main()
