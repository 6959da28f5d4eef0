"""The emulated link: it changes when bytes arrive and where they end, never which or in what order.

Goal: figures measured over it can be believed. Method: the arithmetic on a made-up clock; then real sockets, where only
lower bounds are asserted, since a busy machine may be slower than any link.
"""

import hashlib
import random
import re
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import setu_e2e
from link_proxy import LinkProxy
from link_shape import Cuts, Lane, Shape
from setu_e2e import Device, Scenario, Server, say

EMULATOR = Path(__file__).with_name("link_emulator.py")
WAIT_S = 60


class Peer:
    """A server for one test: gives back what each connection says, once that has ended."""

    def __init__(self):
        self.heard = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self):
        self._listener.close()

    def _serve(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._echo, args=(client,), daemon=True).start()

    def _echo(self, client):
        with client:
            said = bytearray()
            self.heard.append(said)
            try:
                while piece := client.recv(65536):
                    said += piece
                client.sendall(said)
            except OSError:
                pass


def say_and_hear(port, data):
    """Says all of it and gives back the answer, to wherever the line broke; and how long that took."""
    began = time.monotonic()
    answer = bytearray()
    with socket.create_connection(("127.0.0.1", port), timeout=WAIT_S) as link:
        try:
            link.sendall(data)
            link.shutdown(socket.SHUT_WR)
            while piece := link.recv(65536):
                answer += piece
        except ConnectionError:
            pass
    return bytes(answer), time.monotonic() - began


class LinkTest(Scenario):
    def setUp(self):
        self.bytes = random.Random(setu_e2e.SEED).randbytes(40_000)
        self.peer = Peer()
        self.addCleanup(self.peer.close)

    def link(self, **shape):
        proxy = LinkProxy(self.peer.port, shape=Shape(**shape))
        self.addCleanup(proxy.close)
        return proxy

    # --- the arithmetic

    def test_bytes_wait_for_those_before_them(self):
        lane = Lane(Shape(), bytes_per_s=100, made_at=0)
        self.assertEqual([lane.send(100, 0), lane.send(50, 0), lane.send(10, 5)], [1, 1.5, 5.1])

    def test_a_stall_holds_back_until_its_end(self):
        lane = Lane(Shape(stall_every_s=10, stall_s=4), bytes_per_s=100, made_at=0)
        self.assertEqual([lane.send(100, 3), lane.send(100, 11), lane.send(0, 24), lane.send(0, 28)], [4, 15, 28, 28])

    def test_cuts_fall_where_they_should(self):
        cuts = Cuts(Shape(cut_every_bytes=100))
        self.assertEqual([cuts.passes(60), cuts.passes(60), cuts.passes(99), cuts.passes(1)],
                         [(60, False), (40, True), (99, False), (1, True)])

    def test_a_seed_decides_the_cuts(self):
        def lengths(seed):
            cuts = Cuts(Shape(cut_every_bytes=100, seed=seed))
            return [cuts.passes(10_000)[0] for _ in range(200)]
        self.assertEqual(lengths(1), lengths(1))
        self.assertNotEqual(lengths(1), lengths(2))
        self.assertGreater(len(set(lengths(1))), 50)
        self.assertLess(abs(sum(lengths(1)) / 200 - 100), 20)

    # --- sockets

    def test_an_open_link_passes_everything(self):
        proxy = self.link()
        answer, _ = say_and_hear(proxy.port, self.bytes)
        self.assertEqual((answer, bytes(proxy.up), bytes(proxy.down)), (self.bytes,) * 3)

    def test_a_thin_link_passes_everything_no_faster_than_it_can(self):
        up, down, delay_s = 80_000, 160_000, 0.05
        link = self.link(up_bytes_per_s=up, down_bytes_per_s=down, delay_s=delay_s)
        answer, took_s = say_and_hear(link.port, self.bytes)
        self.assertEqual(answer, self.bytes)
        self.assertGreaterEqual(took_s, len(self.bytes) / up + len(self.bytes) / down + 4 * delay_s)

    def test_connections_share_the_rate(self):
        rate, answers = 80_000, []
        proxy = self.link(up_bytes_per_s=rate)
        began = time.monotonic()
        talks = [threading.Thread(target=lambda: answers.append(say_and_hear(proxy.port, self.bytes)[0]))
                 for _ in range(3)]
        for talk in talks:
            talk.start()
        for talk in talks:
            talk.join()
        self.assertEqual(answers, [self.bytes] * 3)
        self.assertGreaterEqual(time.monotonic() - began, 3 * len(self.bytes) / rate)

    def test_stalls_cost_their_length(self):
        rate = 100_000  # 0.4 s of bytes, and a stall of 0.3 s after each 0.1 s
        answer, took_s = say_and_hear(self.link(up_bytes_per_s=rate, stall_every_s=0.1, stall_s=0.3).port, self.bytes)
        self.assertEqual(answer, self.bytes)
        self.assertGreaterEqual(took_s, len(self.bytes) / rate + 2 * 0.3)

    def test_a_cut_link_passed_what_was_before_the_cut(self):
        for thin in ({}, {"up_bytes_per_s": 10**6, "delay_s": 0.01}):
            with self.subTest(thin=thin):
                heard = len(self.peer.heard)
                proxy = self.link(cut_every_bytes=15_000, **thin)
                answer, _ = say_and_hear(proxy.port, self.bytes)
                self.assertEqual(answer, b"")
                self.assertEqual(bytes(proxy.up), self.bytes[:15_000])
                self.assertTrue(all(self.bytes.startswith(said) for said in self.peer.heard[heard:]))

    # --- the program

    def emulator(self, port, *options):
        command = [sys.executable, "-B", str(EMULATOR), "--to", f"127.0.0.1:{port}", "--verbose", *map(str, options)]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process, int(re.fullmatch(r"listening on 127\.0\.0\.1:(\d+)\n", process.stdout.readline())[1])

    def test_the_program_says_what_each_connection_came_to(self):
        process, port = self.emulator(self.peer.port, "--up-kbit", 640, "--rtt-ms", 20)
        answer, took_s = say_and_hear(port, self.bytes)
        self.assertEqual(hashlib.sha256(answer).digest(), hashlib.sha256(self.bytes).digest())
        self.assertGreaterEqual(took_s, len(self.bytes) / 80_000 + 0.04)
        self.assertRegex(process.stdout.readline(),
                         r"^connection 1: closed after \d+\.\d s, 40000 bytes up, 40000 bytes down$")
        process.terminate()
        self.assertEqual(process.wait(timeout=WAIT_S), 0)

    def test_a_programme_runs_over_it_with_and_without_tls(self):
        for scheme in ("http", "https"):
            with self.subTest(scheme=scheme):
                server = Server(self.directory / scheme, tls=scheme == "https").start()
                self.addCleanup(server.kill)
                _, port = self.emulator(server.port, "--up-kbit", 440, "--down-kbit", 640, "--rtt-ms", 10,
                                        "--stall-every-s", 0.2, "--stall-s", 0.05, "--cut-every-kb", 9, "--seed", 7)
                device = Device(scheme, self.directory / f"{scheme}-home")
                self.sync_through(f"{scheme}://127.0.0.1:{port}", server, device)

    def sync_through(self, url, server, device):
        create = ("programme", "create", "P", "--server", url, "--org", "U", "--as", "C", "--kdf", "small", "--token",
                  server.token())
        cuts = 0
        while not (device.home / "key").exists():
            done = device.try_run(*create)
            self.assertIn(done.code, (0, 4), done.err)
        cuts += self.sync_until_done(device)
        added = 0
        while added < 12 or not cuts:
            device.add("activity", {"type": "training", "date": "2026-01-01", "title": f"day {added}"})
            added += 1
            cuts += self.sync_until_done(device)
        self.assertEqual(device.status()["pending"], 0)
        say(f"{device.name}: {added} records over a link that was cut in {cuts} syncs")

    def sync_until_done(self, device):
        """How often the link was cut."""
        cuts = 0
        while (done := device.try_run("sync")).code != 0:
            self.assertEqual(done.code, 4, done.err)
            cuts += 1
        return cuts


if __name__ == "__main__":
    setu_e2e.main()
