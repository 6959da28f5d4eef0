"""A phone that was restored from an old backup comes back with what was recorded on it.

Goal: the copy says what it is and what to do, a lead invites its person anew, and everybody has what the copy kept: once, with
when and where it was recorded. Method: the real programs; a home directory is copied, both go on, and `setu carry` brings
over what the copy could not send.
"""

import setu_e2e
from setu_e2e import Device, Scenario, say

FAILED, LOCKED = 1, 3


class CopiedPhoneTest(Scenario):
    def setUp(self):
        self.net = self.programme(self.id().rsplit(".", 1)[1], {"First": ["north", "north"]})
        [self.org] = self.net.orgs
        self.lead, self.phone, self.colleague = self.org.lead, self.org.workers[0].device, self.org.workers[1].device
        self.everybody = [self.phone, self.lead, self.colleague]
        self.client = self.phone.add("client", {"alias": "first-alias", "phone": "1"})
        self.visit = self.phone.add("contact", {"client": self.client, "date": "2026-11-20", "condoms": 5})
        self.net.sync_all(self.everybody)

    def restored(self):
        """The phone as a backup of it, after it had gone on and synced."""
        copy = self.phone.copy_to(self.phone.home.with_name("restored"))
        copy.passphrase = self.phone.passphrase
        self.phone.edit(self.client, "phone=2")
        self.phone.sync()
        return copy

    def joined_again(self):
        again = self.net.device("phone-again")
        again.passphrase = "other five words for this"
        self.net.join(again, self.lead, self.org, "worker", 3, "--caseload", "north")
        self.lead.sync()
        return again

    def let_in(self, again):
        self.lead.run("approve", again.status()["device"])
        again.sync()

    def carry(self, again, old, **options):
        """With the old home's passphrase from the environment."""
        outer = Device.environment

        def environment(device):
            return {**outer(device), "SETU_OLD_PASSPHRASE": options.get("passphrase", old.passphrase)}

        again.environment = environment.__get__(again)
        try:
            return again.try_run("carry", "--from", str(old.home), as_json=options.get("as_json", True))
        finally:
            del again.environment

    def test_what_the_copy_kept_arrives(self):
        copy = self.restored()
        copy.edit(self.client, "alias=new-alias")
        copy.edit(self.visit, "condoms+=7")
        made = copy.add("client", {"alias": "made-on-the-copy"})
        warnings = " ".join(copy.sync()["warnings"])
        self.assertRegex(warnings, "old copy")
        self.assertRegex(warnings, "setu carry")
        device = copy.status()["device"]
        self.assertRegex(" ".join(self.lead.sync()["advice"]), f"two copies.*setu revoke {device}")
        copied = [member["device"] for member in self.lead.run("members")["members"] if member["copied"]]
        self.assertEqual(copied, [device])
        # Its first request brought facts where the phone had written none, so each has a batch that the other did not write.
        self.assertRegex(" ".join(self.phone.sync()["warnings"]), "old copy")
        pending = copy.status()["pending"]
        self.assertGreater(pending, 0)

        again = self.joined_again()
        waits = self.carry(again, copy)
        self.assertEqual(waits.code, 0, waits.err)
        self.assertEqual(waits.json["changes"], 0)
        self.assertIn(made, [left["record"] for left in waits.json["waiting"]])
        self.assertRegex(waits.json["waiting"][0]["reason"], "north")
        self.assertEqual(copy.status()["pending"], pending)

        self.let_in(again)
        carried = self.carry(again, copy)
        self.assertEqual(carried.code, 0, carried.err)
        self.assertEqual((carried.json["changes"], carried.json["waiting"], carried.json["staying"]), (pending, [], []))
        self.assertEqual(copy.status()["pending"], 0)
        self.assertRegex(self.carry(again, copy, as_json=False).out, "0 changes.*(?s:.)*nothing is left")

        self.net.sync_all([again, self.lead, self.colleague])
        for device in (again, self.lead, self.colleague):
            self.assertEqual(device.show(self.client)["fields"]["alias"], "new-alias")
            self.assertEqual(device.show(self.client)["fields"]["phone"], "2")
            self.assertEqual(device.show(self.visit)["fields"]["condoms"], 12)
            self.assertEqual(device.show(made)["fields"]["alias"], "made-on-the-copy")
            self.assertEqual(device.conflicts(), [])
            self.assertEqual(device.verify(), {"ok": True, "problems": []})
        device, before = again.status()["device"], copy.status()["device"]
        told = [change for change in self.lead.run("history", made)["changes"] if change["recorded_on"]]
        self.assertEqual([(change["device"], change["recorded_on"]) for change in told], [(device, before)])
        self.assertIn("earlier device", self.lead.try_run("history", made, as_json=False).out)
        [event] = self.lead.run("audit", "--event", "carried_over")["events"]
        self.assertEqual((event["device"], event["subject"]), (device, before))
        say("what the restored phone kept is everywhere, once")

    def test_refusals(self):
        again = self.joined_again()
        self.let_in(again)
        self.phone.add("client", {"alias": "alive"})
        self.assert_refused(self.carry(again, self.phone), FAILED, "no old copy", "sync it")
        self.assert_refused(self.carry(again, again), 2, "the same home")
        self.assert_refused(self.carry(again, self.phone, passphrase="not the right words"), LOCKED, "passphrase")
        self.assertGreater(self.phone.status()["pending"], 0)


if __name__ == "__main__":
    setu_e2e.main()
