"""What must hold on all replicas of a programme once everything has been synced."""

from audiences import read_by_coordinators


def without_people(fields):
    """Whether a member's name can be read differs by audience; what she wrote does not."""
    return {name: [(line["at"], line["text"]) for line in value] if name == "notes" else value
            for name, value in fields.items()}


class SameEverywhere:
    """Beside a TestCase: compares replicas by what each may read."""

    def assert_at_rest(self, device):
        """Nothing waits or was refused, and the replica proves itself."""
        status = device.status()
        waiting = {key: status[key] for key in ("pending", "parked", "quarantined")}
        self.assertEqual(waiting, {"pending": 0, "parked": 0, "quarantined": 0}, device.name)
        self.assertEqual(device.verify(), {"ok": True, "problems": []}, device.name)

    def assert_workers_agree(self, kind, org, by_lead):
        """Each worker has all of her caseload as the lead shows it, and nothing else; nothing is without a worker."""
        seen = set()
        for worker in org.workers:
            by_worker = worker.device.list(kind)
            seen |= set(by_worker)
            expected = {record for record, view in by_lead.items() if view["caseload"] in (None, worker.caseload)}
            self.assertEqual(set(by_worker), expected, f"{kind} at {worker.device.name}")
            for record, view in by_worker.items():
                self.assertEqual(without_people(view["fields"]), without_people(by_lead[record]["fields"]),
                                 f"{kind} {record} at {worker.device.name}")
                self.assertFalse(view["partial"])
                self.assertEqual([c["id"] for c in view["conflicts"]], [c["id"] for c in by_lead[record]["conflicts"]])
        self.assertEqual(seen, set(by_lead), f"{kind}: a record of {org.name} that no worker has")

    def assert_coordinator_agrees(self, kind, by_coordinator, by_leads):
        """She has every organisation's records, in the fields that leave the home."""
        self.assertEqual(set(by_coordinator), set(by_leads), f"{kind} at the coordinator")
        allowed = read_by_coordinators(kind)
        for record, view in by_leads.items():
            facts = {name: value for name, value in view["fields"].items() if name in allowed}
            self.assertEqual(by_coordinator[record]["fields"], facts, f"{kind} {record} at the coordinator")
