"""A whole programme on one machine: offline work with wrong clocks, power cuts on both sides, clashes.

Goal: whatever is interrupted, every acknowledged record is on every replica that may see it, with the same fields
everywhere, and each replica verifies. Method: records are made offline and synced in random order through a proxy that
kills the server or the device after a random number of bytes; then everything is synced and compared per audience. A
seed decides all of it.
"""

import time

import setu_e2e
from replicas import SameEverywhere
from setu_e2e import Scenario, json_lines, say

KINDS = ("client", "contact", "referral", "activity")
HOURS = 3600
CLIENTS_EACH, CONTACTS_EACH, REFERRALS_EACH, EDITS_EACH = 25, 35, 8, 6
SERVER_CUTS, DEVICE_CUTS = 6, 4
MOST_BYTES_TO_CUT = 1200  # a push or pull of 20 clients is about as long

POPULATIONS = ["sex_worker", "msm", "transgender", "hijra", "pwid", "partner"]
SERVICES = ["outreach_talk", "condoms", "hiv_test", "counselling", "prep", "sti_screening"]


class Story:
    """What the devices were told was saved, kept outside of them."""

    def __init__(self, programme, random):
        self.programme = programme
        self.random = random
        self.made = {kind: {} for kind in KINDS}  # id -> the org
        self.condoms = {}                         # contact id -> the sum of all that was written

    def count(self):
        return sum(len(ids) for ids in self.made.values())

    def client(self, number):
        r = self.random
        return {"alias": f"alias {number}", "phone": f"+00 {r.randrange(10**6)}", "birth_year": r.randrange(1970, 2005),
                "gender": r.choice(["woman", "man", "hijra"]), "population": sorted(r.sample(POPULATIONS, 2)),
                "notes": f"first met {number}"}

    def contact(self, client):
        r = self.random
        return {"client": client, "date": f"2026-{r.randrange(1, 12):02}-{r.randrange(1, 28):02}",
                "services": sorted(r.sample(SERVICES, 2)), "condoms": r.randrange(1, 50)}

    def record_offline(self, org, worker):
        """A month of one worker's notes: many at once, some one by one, some changed afterwards."""
        device, r = worker.device, self.random
        clients = device.add_many("client", [self.client(i) for i in range(CLIENTS_EACH - 1)])
        clients.append(device.add("client", self.client(CLIENTS_EACH)))
        contacts = [self.contact(r.choice(clients)) for _ in range(CONTACTS_EACH)]
        contact_ids = device.add_many("contact", contacts)
        referrals = device.add_many("referral", [{"client": r.choice(clients), "service": r.choice(SERVICES),
                                                  "urgency": "routine"} for _ in range(REFERRALS_EACH)])
        self.note(org, client=clients, contact=contact_ids, referral=referrals)
        self.condoms.update({record: contact["condoms"] for record, contact in zip(contact_ids, contacts)})
        for _ in range(EDITS_EACH):
            self.edit_something(device, clients, contact_ids, referrals)

    def note(self, org, **ids_by_kind):
        for kind, ids in ids_by_kind.items():
            self.made[kind].update(dict.fromkeys(ids, org.name))

    def edit_something(self, device, clients, contacts, referrals):
        r = self.random
        what = r.randrange(5)
        if what == 0:
            device.edit(r.choice(clients), f"area=area {r.randrange(100)}", f"notes+=seen again {r.randrange(100)}")
        elif what == 1:
            device.edit(r.choice(clients), f"population+={r.choice(POPULATIONS)}", "population-=partner")
        elif what == 2:
            record, more = r.choice(contacts), r.randrange(1, 9)
            device.edit(record, f"condoms+={more}")
            self.condoms[record] += more
        elif what == 3:
            device.edit(r.choice(referrals), f"status={r.choice(['accepted', 'scheduled', 'attended', 'completed'])}")
        else:
            device.edit(r.choice(clients), f"status={r.choice(['active', 'moved'])}", "contact_safe=never")

    def of_org(self, kind, org):
        return [record for record, name in self.made[kind].items() if name == org.name]


class ProgrammeTest(SameEverywhere, Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        offsets = {}

        def clock(name):
            return offsets.setdefault(name, cls.random.randrange(-20 * HOURS, 20 * HOURS))

        say("founding: 1 coordinator, 2 organisations, 2 leads, 4 workers, each with a clock of its own")
        cls.net = cls.programme("net", {"First": ["north", "south"], "Second": ["east", "west"]}, clock=clock)
        cls.story = Story(cls.net, cls.random)

    def test_programme(self):
        self.record_while_the_server_is_down()
        self.kill_servers_while_devices_sync()
        self.kill_devices_while_they_sync()
        self.kill_a_device_while_it_writes()
        self.everything_arrives()
        self.different_fields_of_one_record_are_both_kept()
        self.one_field_twice_is_a_conflict_until_somebody_decides()

    # --- the story

    def record_while_the_server_is_down(self):
        self.net.server.kill()
        for org in self.net.orgs:
            for worker in org.workers:
                self.story.record_offline(org, worker)
            activities = [{"type": "outreach", "date": f"2026-05-{day:02}", "title": f"walk {day}",
                           "reached": {"hijra": day, "msm": 2}} for day in range(1, 11)]
            self.story.note(org, activity=org.lead.add_many("activity", activities))
        done = self.net.coordinator.try_run("sync")
        self.assertEqual(done.code, 4, done.err)
        self.net.server.start()
        say(f"recorded offline: {self.story.count()} records")

    def kill_servers_while_devices_sync(self):
        """A worker's push and her lead's pull of it, cut at any byte of question or answer."""
        cuts = 0
        for _ in range(SERVER_CUTS):
            org, worker = self.somebody_records_more()
            for device in (worker, org.lead):
                direction = self.random.choice(["up", "down"])
                self.net.proxy.cut_after(direction, self.random.randrange(1, MOST_BYTES_TO_CUT), self.net.server.kill)
                done = device.try_run("sync")
                cut = not self.net.proxy.forget_cut()
                self.assertEqual(done.code, 4 if cut else 0, done.out + done.err)
                if cut:
                    cuts += 1
                    self.net.server.start()
                    device.sync()
            self.lead_edits_what_arrived(org)
        self.assertGreater(cuts, SERVER_CUTS // 2)
        say(f"server killed in the middle of {cuts} pushes and pulls")

    def somebody_records_more(self):
        org = self.random.choice(self.net.orgs)
        worker = self.random.choice(org.workers).device
        self.story.note(org, client=worker.add_many("client", [self.story.client(i) for i in range(20)]))
        return org, worker

    def lead_edits_what_arrived(self, org):
        arrived = {kind: list(org.lead.list(kind)) for kind in ("client", "contact", "referral")}
        if all(arrived.values()):
            self.story.edit_something(org.lead, *arrived.values())

    def kill_devices_while_they_sync(self):
        killed = 0
        for _ in range(DEVICE_CUTS):
            org, worker = self.somebody_records_more()
            for device in (worker, org.lead):
                held = {}
                direction, size = self.random.choice(["up", "down"]), self.random.randrange(1, MOST_BYTES_TO_CUT)
                self.net.proxy.cut_after(direction, size, lambda: held["sync"].kill())
                self.net.proxy.stall()
                held["sync"] = device.start("sync")
                self.net.proxy.resume()
                held["sync"].communicate(timeout=setu_e2e.COMMAND_TIMEOUT_S)
                killed += not self.net.proxy.forget_cut()
                self.assertEqual(device.verify(), {"ok": True, "problems": []})
                device.sync()
        self.assertGreater(killed, DEVICE_CUTS // 2)
        say(f"devices killed in the middle of {killed} syncs")

    def kill_a_device_while_it_writes(self):
        org = self.net.orgs[0]
        device = org.workers[0].device
        lines = json_lines(self.story.client(i) for i in range(400)).encode()
        for wait_s in [None] + [self.random.random() * 0.25 for _ in range(4)]:
            before = set(device.list("client"))
            writing = device.start("add", "client", "--file", "-", stdin=-1)
            if wait_s is None:  # in the middle of its input
                writing.stdin.write(lines[:len(lines) // 2])
                writing.stdin.flush()
                writing.kill()
                out, _ = writing.communicate(timeout=setu_e2e.COMMAND_TIMEOUT_S)
                self.assertEqual(out, b"")
            else:
                writing.stdin.write(lines)
                writing.stdin.close()
                writing.stdin = None
                time.sleep(wait_s)  # no claim rests on it: any moment is a good one to lose power
                writing.kill()
                out, _ = writing.communicate(timeout=setu_e2e.COMMAND_TIMEOUT_S)
            new = set(device.list("client")) - before
            self.assertIn(len(new), (0, 400), "a transaction was torn")
            if out:
                self.assertEqual(len(new), 400, "acknowledged and lost")
            self.story.note(org, client=new)
            self.assertEqual(device.verify(), {"ok": True, "problems": []})
        say(f"a device killed while it wrote, 5 times: all or nothing, {self.story.count()} records now")

    def everything_arrives(self):
        order = self.net.devices()
        self.random.shuffle(order)
        self.net.sync_all(order, rounds=3)
        self.check_everywhere()
        say("every replica that may see a record shows the same, and verifies")

    # --- the clashes

    def clash(self, first_change, second_change):
        """Two changes of one client that did not know of each other, then everybody synced."""
        org = self.net.orgs[1]
        worker = org.workers[0].device
        record = self.random.choice([r for r in self.story.of_org("client", org) if r in worker.list("client")])
        worker.edit(record, "area=", "phone=000")
        self.net.sync_all([worker, org.lead], rounds=2)
        self.close_conflicts(org)
        worker.edit(record, first_change)
        org.lead.edit(record, second_change)
        self.net.sync_all([worker, org.lead, self.net.coordinator], rounds=2)
        return record, worker, org.lead

    def close_conflicts(self, org):
        for conflict in org.lead.conflicts():
            org.lead.run("resolve", conflict["id"], "--keep", "shown")
        self.net.sync_all([org.lead] + [worker.device for worker in org.workers])
        for device in org.devices():
            self.assertEqual(device.conflicts(), [], device.name)

    def different_fields_of_one_record_are_both_kept(self):
        record, *devices = self.clash("phone=111", "area=by the river")
        for device in devices:
            shown = device.show(record)
            self.assertEqual((shown["fields"]["phone"], shown["fields"]["area"]), ("111", "by the river"))
            self.assertEqual(device.conflicts(), [])
        say("clash on different fields: both kept, no conflict")

    def one_field_twice_is_a_conflict_until_somebody_decides(self):
        record, worker, lead = self.clash("phone=222", "phone=333")
        seen = []
        for device in (worker, lead):
            [conflict] = device.conflicts()
            self.assertEqual((conflict["record"], conflict["field"]), (record, "phone"))
            [other] = conflict["others"]
            self.assertEqual({conflict["shown"]["value"], other["value"]}, {"222", "333"})
            self.assertEqual([c["id"] for c in device.show(record)["conflicts"]], [conflict["id"]])
            seen.append(conflict)
        self.assertEqual(seen[0]["id"], seen[1]["id"])
        self.assertEqual(seen[0]["shown"]["value"], seen[1]["shown"]["value"])
        self.assertEqual(self.net.coordinator.conflicts(), [], "a home field's clash is not hers to see")
        lead.run("resolve", seen[1]["id"], "--keep", "other")
        self.net.sync_all([lead, worker], rounds=1)
        for device in (worker, lead):
            self.assertEqual(device.conflicts(), [])
            self.assertEqual(device.show(record)["fields"]["phone"], seen[1]["others"][0]["value"])
        say("clash on one field: both kept and shown on both sides, resolved, gone on both")
        self.net.sync_all(self.net.devices(), rounds=1)
        self.check_everywhere()

    # --- what must hold

    def check_everywhere(self):
        for device in self.net.devices():
            self.assert_at_rest(device)
        for kind in KINDS:
            self.check_kind(kind)

    def check_kind(self, kind):
        merged = {}
        for org in self.net.orgs:
            by_lead = org.lead.list(kind)
            self.assertEqual(set(by_lead), set(self.story.of_org(kind, org)), f"{kind} at the lead of {org.name}")
            merged.update(by_lead)
            self.assert_workers_agree(kind, org, by_lead)
        if kind == "contact":
            counted = {record: view["fields"]["condoms"] for record, view in merged.items()}
            self.assertEqual(counted, self.story.condoms, "increments were lost or counted twice")
        self.assert_coordinator_agrees(kind, self.net.coordinator.list(kind), merged)


if __name__ == "__main__":
    setu_e2e.main()
