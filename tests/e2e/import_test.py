"""A directory of 20,000 facilities as such files are: odd cells, bad rows, and brought in again a month later.

Goal: good rows go in as they are in one commit, bad ones are named by line and reason; the same file again changes
nothing, a few changed cells change just those, and everybody gets them.
"""

import csv
import io
import json

import setu_e2e
from setu_e2e import Scenario, say

ROWS = 20_000
COLUMNS = ["source_id", "name", "type", "owner", "setting", "district", "location", "services", "languages", "phone",
           "address", "friendly", "safe_now", "checked_on"]
IGNORED = ["owner", "setting"]
ODD_NAMES = ['The "Blue" House, upper floor', "Clinique d'Été, nº 4", "স্বাস্থ্য কেন্দ্র", "Trạm y tế xã", "Клиника «Мост»",
             "=SUM(A1:A9)", "  two spaces  around  ", "semi;colon\tand tab", "one\r\nname over two lines"]


def facility(random, number):
    """A made-up facility as the columns' texts."""
    name = ODD_NAMES[number % 97] + f" {number}" if number % 97 < len(ODD_NAMES) else f"Facility {number}"
    services = sorted(random.sample(["hiv_test", "prep", "counselling", "legal_aid", "dressings"], random.randrange(4)))
    latitude, longitude = random.uniform(-17, -9), random.uniform(32, 36)
    return {"source_id": f"F{number:05}", "name": name, "type": random.choice(["Health Centre", "Drop-in", "Hospital"]),
            "owner": "somebody", "setting": "rural", "district": f"district {random.randrange(30)}",
            "location": f"{latitude:.5f} {longitude:.5f}" if number % 11 else "", "services": ",".join(services),
            "languages": "ny,en" if number % 3 else "", "phone": f"+265 {number:07}" if number % 5 else "",
            "address": f"Plot {number},\nsecond gate" if number % 50 == 0 else "", "friendly": str(number % 5 + 1),
            "safe_now": random.choice(["yes", "take_care", "avoid", ""]), "checked_on": f"2026-{number % 12 + 1:02}-07"}


def bad_rows():
    """(the row's bytes, what its refusal speaks of)"""
    def row(**cells):
        return csv_line([cells.get(column, "") for column in COLUMNS])
    return [(row(source_id="B1", name="Too far north", location="91.0 34.0"), "location"),
            (row(source_id="B2", name="Nowhere", location="near the market"), "location"),
            (row(source_id="B3"), "name"),
            (row(source_id="B4", name="Perhaps", safe_now="perhaps"), "safe_now"),
            (row(source_id="B5", name="Six of five", friendly="6"), "friendly"),
            (row(source_id="B6", name="No such day", checked_on="2026-02-30"), "checked_on"),
            (row(name="No key"), "source_id|key"),
            (row(source_id="F00001", name="The same key again"), "key"),
            (b"B7,half a row\r\n", "cells"),
            (row(source_id="B8", name="Bytes").replace(b"Bytes", b"By\xff\xfetes"), "UTF-8"),
            (row(source_id="B9", name="Too long " + "x" * 4100), "name")]


def csv_line(cells):
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue().encode()


def fields_of(row):
    """What a record made of this row shows."""
    fields = {name: value for name, value in row.items() if value and name not in IGNORED}
    for name in ("services", "languages"):
        if name in fields:
            fields[name] = sorted(fields[name].split(","))
    fields["friendly"] = int(fields["friendly"])
    return fields


class ImportTest(Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.net = cls.programme("net", {"First": ["north"]})
        cls.lead, cls.worker = cls.net.orgs[0].lead, cls.net.orgs[0].workers[0].device
        cls.rows = [facility(cls.random, number) for number in range(ROWS)]
        cls.path = cls.directory / "facilities.csv"

    def write(self, bad=()):
        """Writes the file, the bad rows among the good ones; gives line -> what is wrong there."""
        every = len(self.rows) // (len(bad) + 1) if bad else len(self.rows) + 1
        data, wrong, waiting = bytearray(b"\xef\xbb\xbf" + csv_line(COLUMNS)), {}, list(bad)
        for number, row in enumerate(self.rows, 1):
            data += csv_line([row[column] for column in COLUMNS])
            if number % every == 0 and waiting:
                text, reason = waiting.pop(0)
                wrong[data.count(b"\n") + 1] = reason
                data += text
        self.assertEqual(waiting, [])
        self.path.write_bytes(data)
        return wrong

    def import_file(self, *options):
        return self.lead.try_run("import", "facility", str(self.path), "--key", "source_id", *options)

    def check(self, device):
        shown = {record["fields"]["source_id"]: record["fields"] for record in device.list("facility").values()}
        self.assertEqual(set(shown), {row["source_id"] for row in self.rows})
        for row in self.rows:
            self.assertEqual(shown[row["source_id"]], fields_of(row), device.name)

    def test_import(self):
        self.strict_refuses_all()
        self.good_rows_go_in()
        self.a_worker_gets_them()
        self.the_same_file_again_changes_nothing()
        self.changed_cells_change_just_those()

    def assert_refused_rows(self, refused, wrong):
        self.assertEqual({row["line"] for row in refused}, set(wrong), refused)
        for row in refused:
            self.assertRegex(row["reason"], f"(?i){wrong[row['line']]}")

    def strict_refuses_all(self):
        wrong = self.write(bad_rows())
        done = self.import_file("--strict")
        self.assertEqual(done.code, 1, done.err)
        self.assert_refused_rows(json.loads(done.out)["refused"], wrong)
        self.assertEqual(self.lead.list("facility"), {})
        say("--strict: one bad row refuses all")

    def good_rows_go_in(self):
        wrong = self.write(bad_rows())
        done = self.import_file()
        self.assertEqual(done.code, 0, done.err)
        report = done.json
        self.assertEqual((report["added"], report["updated"]), (ROWS, 0))
        self.assertEqual(report["ignored_columns"], IGNORED)
        self.assert_refused_rows(report["refused"], wrong)
        progress = done.err.replace("\r", "\n").split("\n")
        self.assertGreater(len(progress), 5, "no progress was shown")
        self.assertIn(str(ROWS), done.err)
        self.check(self.lead)
        say(f"{ROWS} rows in, {len(wrong)} refused by line and reason")

    def a_worker_gets_them(self):
        pushed = self.lead.sync()
        pulled = self.worker.sync()
        self.check(self.worker)
        say(f"a worker has them: {pushed['bytes_up']} bytes up, {pulled['bytes_down']} down, "
            f"{pulled['requests']} requests")

    def the_same_file_again_changes_nothing(self):
        self.write()
        report = self.import_file().json
        self.assertEqual((report["added"], report["updated"], report["refused"]), (0, 0, []))
        self.assertEqual(self.lead.status()["pending"], 0)
        say("the same file again: nothing changed")

    def changed_cells_change_just_those(self):
        for number, column, value in ((17, "phone", "+265 1"), (4000, "district", "Élan"), (13, "languages", ""),
                                      (19_999, "services", "acupuncture"), (11, "location", "-13.96692 33.78725")):
            self.rows[number][column] = value
        self.rows.append(facility(self.random, ROWS))
        self.write()
        report = self.import_file().json
        self.assertEqual((report["added"], report["updated"], report["refused"]), (1, 5, []))
        up = self.lead.sync()["bytes_up"]
        self.worker.sync()
        self.check(self.worker)
        self.assertLess(up, 2000, "far more was sent than changed")
        say(f"five cells and a row more: five updated, one added, {up} bytes up")


if __name__ == "__main__":
    setu_e2e.main()
