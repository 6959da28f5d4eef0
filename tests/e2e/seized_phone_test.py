"""A worker's phone is seized: cut off in the middle of a write, with changes that were never sent.

Goal: without the passphrase each of its files shows nothing but its size; with it, one caseload, what the organisation and
everybody share, and nothing of a colleague's. Method: names that stand nowhere else, looked for in every file in every
form; then each byte that no format needs is held against randomness.
"""

import time

import setu_e2e
from canaries import Canaries
from randomness import PAGE, signs_of_order
from setu_e2e import Scenario, json_lines, say

LOCKED = 3
POLL_S = 0.001
MOST_KILLS = 40
EVERY_FILE = {"key", "key.new", "replica.db", "replica.db-wal", "replica.db-shm", "sync.lock"}

# What can be read of each file, in bytes from its start, because its format needs it.
KEY_HEAD = 20  # that it is a key file, how it stretches, how many wrong tries and when (core/lock/key_file.hpp)
PAGE_HEAD = (16, 24)  # of a replica's first page: sizes of pages
WAL_HEAD, FRAME_HEAD = 32, 24  # of a log: page numbers, sums


class SeizedPhoneTest(Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.canaries = Canaries(cls.random)
        word = cls.canaries.word
        cls.net = cls.programme(
            "net", {word("org 1"): [word("caseload 1"), word("caseload 2")], word("org 2"): [word("caseload 3")]},
            name=word("programme"), umbrella=word("umbrella"),
            person=lambda role, org, number: word(f"{role} {number} of {org}"))
        cls.org, cls.other_org = cls.net.orgs
        cls.phone, cls.colleague = (worker.device for worker in cls.org.workers)
        cls.facility = cls.net.coordinator.add("facility", {"name": word("facility"), "phone": word("facility phone")})
        cls.record(cls.colleague, "colleague's")
        cls.record(cls.other_org.workers[0].device, "stranger's")
        cls.sent = cls.record(cls.phone, "sent")
        cls.net.sync_all(cls.net.devices(), rounds=2)
        cls.unsent = cls.record(cls.phone, "unsent")
        cls.kill_it_while_it_writes()
        cls.files = {path.name: path.read_bytes() for path in sorted(cls.phone.home.rglob("*")) if path.is_file()}
        say("seized: " + ", ".join(f"{name} {len(data)} B" for name, data in cls.files.items()))

    @classmethod
    def record(cls, device, whose):
        word = cls.canaries.word
        return device.add("client", {"alias": word(f"{whose} alias"), "phone": word(f"{whose} phone"),
                                     "area": word(f"{whose} area"), "notes": word(f"{whose} note")})

    @classmethod
    def kill_it_while_it_writes(cls):
        """Until the log of its last writes is left behind with something in it."""
        word = cls.canaries.word("cut off")
        lines = json_lines([{"alias": f"{word} {i}", "notes": word * 20} for i in range(400)]).encode()
        log = cls.phone.home / "replica.db-wal"
        for _ in range(MOST_KILLS):
            writing = cls.phone.start("add", "client", "--file", "-", stdin=setu_e2e.subprocess.PIPE)
            writing.stdin.write(lines)
            writing.stdin.close()
            while writing.poll() is None and not (log.exists() and log.stat().st_size > WAL_HEAD):
                time.sleep(POLL_S)
            writing.kill()
            writing.wait()
            writing.stdout.close()
            writing.stderr.close()
            if log.exists() and log.stat().st_size > WAL_HEAD:
                return
        raise AssertionError("no kill hit a write")

    # --- without the passphrase

    def test_no_name_and_no_word_is_in_any_file(self):
        self.assertLessEqual(set(self.files), EVERY_FILE, "a file that nobody accounts for")
        self.assertIn("replica.db-wal", self.files)
        secrets = Canaries(self.random)
        secrets.words = {"passphrase": self.phone.passphrase, "server": self.net.url, "device": self.phone_id(),
                         "table": "r_client", "sqlite": "SQLite format 3", "field": "contact_safe"}
        for name, data in self.files.items():
            self.assertEqual(self.canaries.found_in(data), [], name)
            self.assertEqual(secrets.found_in(data), [], name)
            self.assertNotIn(bytes.fromhex(self.phone_id()), data, name)

    def test_every_byte_that_no_format_needs_looks_random(self):
        for name, data in self.files.items():
            with self.subTest(file=name):
                self.assertEqual(signs_of_order(self.without_heads(name, data)), [])

    def test_this_search_is_not_blind(self):
        shown = self.seized("for-sight").try_run("list", "client").out.encode()
        self.assertIn("sent alias", self.canaries.found_in(shown))
        self.assertNotEqual(signs_of_order(shown * 3), [])
        random_bytes = self.random.randbytes(PAGE * 8)
        self.assertEqual(signs_of_order(random_bytes), [])
        for flaw in (bytes(600), b"a name and a telephone number, " * 20):
            self.assertNotEqual(signs_of_order(random_bytes[:PAGE] + flaw + random_bytes[PAGE + len(flaw):]), [])

    def test_without_the_passphrase_no_command_says_anything(self):
        for passphrase in (None, "five other words than those"):
            phone = self.seized(f"thief-{passphrase is None}")
            phone.passphrase = passphrase
            for command in (("status",), ("list", "client"), ("show", self.sent), ("lock",), ("wipe", "--yes")):
                self.assert_refused(phone.try_run(*command), LOCKED)
            self.assertEqual(self.canaries.found_in(b"".join(phone.said)), [])
            self.assertTrue((phone.home / "key").exists())

    # --- with it

    def test_with_the_passphrase_it_shows_one_caseload_and_what_everybody_shares(self):
        phone = self.seized("opened")
        self.assertEqual(phone.verify(), {"ok": True, "problems": []})
        said = self.everything_it_says(phone)
        found = set(self.canaries.found_in(said))
        hers = {f"{whose} {field}" for whose in ("sent", "unsent") for field in ("alias", "phone", "area", "note")}
        shared = {"facility", "facility phone", "caseload 1", "programme", "umbrella", "org 1", "org 2"}
        self.assertLessEqual(hers | {"facility", "caseload 1", "org 1"}, found)
        people = {f"{role} of {org}" for org in self.canaries.words.values() for role in
                  ("lead 1", "worker 1", "worker 2", "coordinator 1")}
        not_hers = found - hers - shared - people - {"cut off"}
        self.assertEqual(not_hers, set())
        for place in ("colleague's", "stranger's"):
            self.assertEqual({where for where in found if where.startswith(place)}, set())
        strangers = {f"worker 1 of {self.other_org.name}"}
        self.assertEqual(found & strangers, set(), "the name of another organisation's worker")

    def everything_it_says(self, phone):
        kinds = [form["kind"] for form in phone.run("form", "list")["forms"]]
        records = [record["id"] for kind in kinds for record in phone.list(kind).values()]
        for command in [("members",), ("org", "list"), ("caseload", "list"), ("conflicts",), ("status",), ("verify",),
                        ("quarantine", "list"), *[("list", kind) for kind in kinds],
                        *[(name, record) for record in records[:20] for name in ("show", "history")]]:
            for as_json in (True, False):
                phone.try_run(*command, as_json=as_json)
        return b"".join(phone.said)

    # --- how

    def seized(self, name):
        return self.phone.copy_to(self.directory / name)

    def phone_id(self):
        return self.seized(f"id-{self.random.random()}").status()["device"]

    def without_heads(self, name, data):
        if name == "key":
            return data[KEY_HEAD:]
        if name.endswith("-shm"):
            # An index of page numbers into the log, and sums of it: no page is ever in it. The words above are looked
            # for in it like everywhere.
            return b""
        if name.endswith("-wal"):
            frames = data[WAL_HEAD:]
            whole = len(frames) // (FRAME_HEAD + PAGE)
            pages = [frames[i * (FRAME_HEAD + PAGE):][FRAME_HEAD:FRAME_HEAD + PAGE] for i in range(whole)]
            return b"".join(self.without_page_head(page) for page in pages)
        if name.startswith("replica"):
            return self.without_page_head(data)
        return data

    @staticmethod
    def without_page_head(page):
        """The first page of a replica says how large pages are; other pages have nothing like it."""
        begin, end = PAGE_HEAD
        sizes = (PAGE).to_bytes(2, "big") + b"\x02\x02"
        return page[:begin] + page[end:] if page[begin:begin + 4] == sizes else page


if __name__ == "__main__":
    setu_e2e.main()
