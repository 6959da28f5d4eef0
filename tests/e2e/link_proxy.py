"""A TCP relay that a test can listen in on, cut and stall, and that can be as thin as a real link."""

import queue
import socket
import threading
import time
from dataclasses import dataclass

from link_shape import Cuts, Lane, Shape

CHUNK_BYTES = 64 * 1024
PACKET_BYTES = 1400  # what a shaped link carries at once
QUEUED_PACKETS = 1024
CONNECT_TIMEOUT_S = 10
LOOPBACK = "127.0.0.1"


@dataclass
class Connection:
    """What one connection came to."""
    number: int
    up: int = 0
    down: int = 0
    seconds: float = 0
    end: str = "closed"  # or "cut", or "refused" where nobody listens behind the link


class LinkProxy:
    """Relays to port `target`, which may be down: then the connection closes at once.

    `up` and `down` hold all bytes that went through to and from the server, unless `listen_in` is off. cut_after() cuts
    one link for once; stall() holds everything back until resume(); shape() makes the link thin. `report` is given each
    Connection that ended, on a thread of its own.
    """

    def __init__(self, target, target_host=LOOPBACK, listen=(LOOPBACK, 0), shape=Shape(), listen_in=True,
                 report=lambda connection: None):
        self.target = target
        self.up = bytearray()
        self.down = bytearray()
        self.connections = 0
        self._target_host = target_host
        self._listen_in = listen_in
        self._report = report
        self._lock = threading.Lock()
        self._flowing = threading.Event()
        self._flowing.set()
        self._cut = None
        self.shape(shape)
        self._listener = socket.create_server(listen, backlog=64)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def shape(self, shape):
        """From the next connection on."""
        now = time.monotonic()
        self._shape = shape
        self._lanes = {"up": Lane(shape, shape.up_bytes_per_s, now), "down": Lane(shape, shape.down_bytes_per_s, now)}
        self._cuts = Cuts(shape)

    def cut_after(self, direction, size, action=lambda: None):
        """Once `size` more bytes have gone "up" or "down", does `action` and cuts that connection. Once only."""
        with self._lock:
            self._cut = [direction, size, action]

    def forget_cut(self):
        """True if the cut had not happened yet."""
        with self._lock:
            waiting, self._cut = self._cut is not None, None
        return waiting

    def stall(self):
        self._flowing.clear()

    def resume(self):
        self._flowing.set()

    def close(self):
        self._flowing.set()
        self._listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._relay, args=(client, Connection(self.connections)), daemon=True).start()

    def _relay(self, client, connection):
        began = time.monotonic()
        shape, lanes = self._shape, self._lanes
        self._flowing.wait()
        time.sleep(2 * shape.delay_s)  # the handshake, which the client believes to have behind it
        try:
            server = socket.create_connection((self._target_host, self.target), timeout=CONNECT_TIMEOUT_S)
            server.settimeout(None)
        except OSError:
            client.close()
            connection.end = "refused"
        else:
            pair = (client, server)
            ways = [(client, Outlet(self, connection, "up", server, pair)),
                    (server, Outlet(self, connection, "down", client, pair))]
            threads = [threading.Thread(target=carry, daemon=True,
                                        args=(source, outlet, shape, lanes[outlet.direction]))
                       for source, outlet in ways]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            for end in pair:
                end.close()
        connection.seconds = time.monotonic() - began
        self._report(connection)

    def let_through(self, connection, direction, piece):
        """The part of a piece that comes through, and what to do if the link is cut behind it."""
        self._flowing.wait()
        allowed, action = self._allow(direction, len(piece))
        passed, broken = self._cuts.passes(allowed)
        if broken and action is None:
            action = hang_up_only
        piece = piece[:passed]
        setattr(connection, direction, getattr(connection, direction) + len(piece))
        if self._listen_in:
            (self.up if direction == "up" else self.down).extend(piece)
        return piece, action

    def _allow(self, direction, size):
        """How much of `size` bytes may pass, and what to do if the link is to be cut there."""
        with self._lock:
            if self._cut is None or self._cut[0] != direction:
                return size, None
            if size < self._cut[1]:
                self._cut[1] -= size
                return size, None
            (_, allowed, action), self._cut = self._cut, None
            return allowed, action


class Outlet:
    """The far end of one direction of a connection."""

    def __init__(self, proxy, connection, direction, sink, pair):
        self.direction = direction
        self._proxy = proxy
        self._connection = connection
        self._sink = sink
        self._pair = pair

    def deliver(self, piece):
        """False if this was the last that came through."""
        piece, action = self._proxy.let_through(self._connection, self.direction, piece)
        self._sink.sendall(piece)
        if action is None:
            return True
        self._connection.end = "cut"
        action()
        self.hang_up()
        return False

    def finish(self):
        self._sink.shutdown(socket.SHUT_WR)

    def hang_up(self):
        for end in self._pair:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def hang_up_only():
    pass


def carry(source, outlet, shape, lane):
    if shape.waits():
        carry_slowly(source, outlet, shape, lane)
        return
    try:
        while piece := source.recv(CHUNK_BYTES):
            if not outlet.deliver(piece):
                return
        outlet.finish()
    except OSError:
        outlet.hang_up()


def carry_slowly(source, outlet, shape, lane):
    """One thread waits for the line to take a packet, another for packets under way to arrive."""
    under_way = queue.Queue(QUEUED_PACKETS)
    arriving = threading.Thread(target=arrive, args=(under_way, outlet), daemon=True)
    arriving.start()
    left_at = time.monotonic()
    try:
        while piece := source.recv(PACKET_BYTES):
            left_at = lane.send(len(piece), time.monotonic())
            sleep_until(left_at)
            under_way.put((left_at + shape.delay_s, piece))
    except OSError:
        pass
    under_way.put((max(left_at, time.monotonic()) + shape.delay_s, b""))
    arriving.join()


def arrive(under_way, outlet):
    """Delivers until the end, which is an empty piece. After a cut it empties the line into nothing."""
    open_line = True
    while True:
        at, piece = under_way.get()
        if open_line:
            sleep_until(at)
            try:
                open_line = outlet.deliver(piece) if piece else outlet.finish()
            except OSError:
                open_line = False
                outlet.hang_up()
        if not piece:
            return


def sleep_until(moment):
    """Not before, whatever the rounding."""
    while (left := moment - time.monotonic()) > 0:
        time.sleep(left)
