"""Who can read what: canaries in every private place, then looked for wherever they must not be.

Goal: the server's files, its log, the traffic and a device's files hold no content; a coordinator sees facts and no
home field; another organisation sees nothing; messages repeat nothing that was typed.
"""

import setu_e2e
from audiences import HOME
from canaries import Canaries
from setu_e2e import Scenario, say

KINDS = ("client", "contact", "referral", "activity")


class PrivacyTest(Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        say("founding a programme where every name and note is a canary")
        cls.canaries = Canaries(cls.random)
        word = cls.canaries.word
        cls.net = cls.programme(
            "net", {word("org 1"): [word("caseload 1")], word("org 2"): [word("caseload 2")]}, name=word("programme"),
            umbrella=word("umbrella"), person=lambda role, org, number: word(f"{role} {number} of {org}"))
        cls.org, cls.other_org = cls.net.orgs
        cls.worker = cls.org.workers[0].device
        cls.record_canaries()
        cls.net.sync_all(cls.net.devices(), rounds=2)

    @classmethod
    def record_canaries(cls):
        word, worker = cls.canaries.word, cls.worker
        cls.client = worker.add_many("client", [{
            "alias": word("alias"), "phone": word("phone"), "area": word("area"), "uic": word("uic"),
            "birth_year": 1991, "gender": "hijra", "population": ["hijra"], "notes": word("note")}])[0]
        worker.edit(cls.client, f"notes+={word('second note')}")
        cls.contact = worker.add("contact", {"client": cls.client, "date": "2026-03-14", "hiv_result": "negative",
                                             "services": ["prep", "condoms"], "notes": word("contact note")})
        cls.referral = worker.add("referral", {"client": cls.client, "service": "art_support", "outcome": "other",
                                               "feedback": word("feedback"), "notes": word("referral note")})
        cls.activity = worker.add("activity", {"type": "training", "date": "2026-03-15", "title": word("title"),
                                               "place": word("place"), "facilitators": [word("facilitator")],
                                               "result": word("result"), "notes": word("activity note")})
        cls.records = {"client": cls.client, "contact": cls.contact, "referral": cls.referral, "activity": cls.activity}

    def everything_said_about(self, device):
        """All that a device can be made to print of these records, as JSON and for people."""
        commands = [("members",), ("org", "list"), ("caseload", "list"), ("conflicts",), ("status",), ("verify",)]
        commands += [("list", kind) for kind in KINDS]
        commands += [(name, record) for record in self.records.values() for name in ("show", "history")]
        said = ""
        for command in commands:
            for as_json in (True, False):
                done = device.try_run(*command, as_json=as_json)
                said += done.out + done.err
        return said

    def test_the_lead_and_the_worker_read_what_the_worker_wrote(self):
        for device in (self.worker, self.org.lead):
            said = self.everything_said_about(device).encode()
            missing = {"alias", "phone", "note", "feedback", "title", "facilitator"} - set(self.canaries.found_in(said))
            self.assertEqual(missing, set(), f"{device.name} cannot read what it should, or this search is blind")

    def test_the_servers_files_and_log_hold_no_content(self):
        paths = [path for path in self.net.server.directory.rglob("*") if path.is_file()] + [self.net.server.log]
        self.assertGreater(len(paths), 2)
        for path in paths:
            self.assertEqual(self.canaries.found_in(path.read_bytes()), [], path.name)

    def test_the_traffic_holds_no_content(self):
        for direction in (self.net.proxy.up, self.net.proxy.down):
            self.assertGreater(len(direction), 2000)
            self.assertEqual(self.canaries.found_in(bytes(direction)), [])

    def test_a_devices_files_hold_no_content(self):
        for device in self.net.devices():
            paths = [path for path in device.home.rglob("*") if path.is_file()]
            self.assertIn("replica.db", [path.name for path in paths])
            for path in paths:
                data = path.read_bytes()
                self.assertEqual(self.canaries.found_in(data), [], f"{device.name}: {path.name}")
                self.assertNotIn(b"SQLite format 3", data, f"{device.name}: {path.name}")

    def test_a_coordinator_sees_facts_and_no_home_field(self):
        coordinator = self.net.coordinator
        for kind, record in self.records.items():
            shown = coordinator.show(record)
            self.assertEqual(set(shown["fields"]) & HOME[kind], set(), kind)
            self.assertFalse(shown["partial"])
            changes = coordinator.run("history", record)["changes"]
            self.assertEqual({name for change in changes for name in change["fields"]} & HOME[kind], set(), kind)
        self.assertEqual(coordinator.show(self.client)["fields"]["age_band"], "35-39")
        self.assertEqual(coordinator.show(self.contact)["fields"]["services_shown"], ["clinical", "condoms"])
        self.assertEqual(coordinator.show(self.referral)["fields"]["service_shown"], "clinical")
        said = self.everything_said_about(coordinator).encode()
        umbrella, orgs = self.canaries.words["umbrella"], [org.name for org in self.net.orgs]
        hers = {"programme", "umbrella", "org 1", "org 2", f"coordinator 1 of {umbrella}"}
        hers |= {f"lead 1 of {org}" for org in orgs}
        self.assertEqual(self.canaries.found_in(said, but=hers), [])

    def test_another_organisation_sees_nothing(self):
        hers = {"umbrella", "programme", "org 1", "org 2", "caseload 2"}
        hers |= {f"{role} 1 of {self.other_org.name}" for role in ("lead", "worker")}
        hers |= {f"lead 1 of {self.org.name}", f"coordinator 1 of {self.canaries.words['umbrella']}"}
        for device in self.other_org.devices():
            for kind, record in self.records.items():
                self.assertEqual(device.list(kind), {}, f"{device.name}: {kind}")
                self.assert_refused(device.try_run("show", record), 1)
                self.assert_refused(device.try_run("edit", record, "notes+=mine"), 1)
            self.assertEqual(self.canaries.found_in(self.everything_said_about(device).encode(), but=hers), [])

    def test_a_worker_sees_what_her_lead_changed_in_the_facts_of_her_caseload(self):
        self.org.lead.edit(self.client, "status=moved", "population+=partner")
        self.net.sync_all([self.org.lead, self.worker, self.net.coordinator], rounds=1)
        for device in (self.worker, self.net.coordinator):
            fields = device.show(self.client)["fields"]
            self.assertEqual((fields["status"], fields["population"]), ("moved", ["hijra", "partner"]), device.name)

    def test_a_wrong_passphrase_and_none_open_nothing(self):
        for passphrase, words in (("five other words than those", "passphrase|wrong tries"), (None, "SETU_PASSPHRASE")):
            thief = self.worker.copy_to(self.directory / f"stolen-{passphrase is None}")
            thief.passphrase = passphrase
            commands = [("status",), ("sync",), ("list", "client"), ("show", self.client), ("add", "client", "alias=x")]
            for command in commands:
                self.assert_refused(thief.try_run(*command), 3, words)
            self.assertEqual(self.canaries.found_in("".join(map(str, thief.said)).encode()), [])

    def test_messages_repeat_nothing_that_was_typed(self):
        typed = self.canaries.word("typed")
        tries = [("add", "client", typed), ("add", "client", f"alias={typed}", f"birth_year={typed}"),
                 ("add", "client", f"alias={typed}", f"gender={typed}"), ("add", "client", f"phone={typed}"),
                 ("add", "client", f"alias={typed}", f"status={typed}"), ("add", "client", f"alias={typed * 400}"),
                 ("add", "contact", f"date={typed}"), ("add", "contact", "date=2026-01-01", f"condoms={typed}"),
                 ("add", "contact", "date=2026-01-01", f"client={typed}"), ("add", "contact", f"services={typed}"),
                 ("add", "activity", "type=training", "date=2026-01-01", f"location={typed}"),
                 ("edit", self.client, f"birth_year={typed}"), ("edit", self.client, f"birth_year+={typed}"),
                 ("edit", self.client, "alias="), ("edit", self.client, f"alias={typed}", "--seen", typed),
                 ("list", "client", "--where", f"birth_year={typed}"), ("list", "client", typed), ("show", typed),
                 ("resolve", typed, "--keep", "shown"), ("resolve", typed, "--keep", f"={typed}"),
                 ("invite", "--org", typed, "--role", "worker"), ("invite", "--role", "worker", "--caseload", typed),
                 ("add", "client", f"alias={typed}", "--caseload", typed), ("approve", typed),
                 ("join", typed, "--as", typed)]
        for command in tries:
            done = self.worker.try_run(*command)
            self.assertNotEqual(done.code, 0, command)
            self.assertEqual(self.canaries.found_in((done.out + done.err).encode()), [], (command, done.err))
        lines = [f'{{"alias": "{typed}", "birth_year": "{typed}"}}', f'{{"alias": "{typed}"', f'["{typed}"]',
                 f'{{"{typed}": [1]}}']
        for line in lines:
            done = self.worker.try_run("add", "client", "--file", "-", stdin=line + "\n")
            self.assertEqual(done.code, 2, done.out + done.err)
            self.assertEqual(self.canaries.found_in((done.out + done.err).encode()), [], done.err)
        rows = self.directory / "rows.csv"
        rows.write_text(f"name,location,safe_now,source_id\n{typed},{typed},yes,1\n{typed},,{typed},2\n{typed}\n")
        done = self.org.lead.try_run("import", "facility", str(rows), "--key", "source_id")
        self.assertEqual(len(done.json["refused"]), 3, done.out)
        self.assertEqual(self.canaries.found_in((done.out + done.err).encode()), [], done.err)


if __name__ == "__main__":
    setu_e2e.main()
