"""A TCP relay on loopback that a test can listen in on, cut and stall."""

import socket
import threading

CHUNK_BYTES = 64 * 1024


class LinkProxy:
    """Relays to 127.0.0.1:`target`, which may be down: then the connection closes at once.

    `up` and `down` hold all bytes that went through to and from the server. cut_after() cuts one link for once;
    stall() holds everything back until resume().
    """

    def __init__(self, target):
        self.target = target
        self.up = bytearray()
        self.down = bytearray()
        self.connections = 0
        self._lock = threading.Lock()
        self._flowing = threading.Event()
        self._flowing.set()
        self._cut = None
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

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
            threading.Thread(target=self._relay, args=(client,), daemon=True).start()

    def _relay(self, client):
        self._flowing.wait()
        try:
            server = socket.create_connection(("127.0.0.1", self.target), timeout=10)
            server.settimeout(None)
        except OSError:
            client.close()
            return
        pair = (client, server)
        threads = [threading.Thread(target=self._pump, args=(client, server, "up", pair), daemon=True),
                   threading.Thread(target=self._pump, args=(server, client, "down", pair), daemon=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for end in pair:
            end.close()

    def _pump(self, source, sink, direction, pair):
        try:
            while piece := source.recv(CHUNK_BYTES):
                self._flowing.wait()
                allowed, action = self._allow(direction, len(piece))
                (self.up if direction == "up" else self.down).extend(piece[:allowed])
                sink.sendall(piece[:allowed])
                if action is not None:
                    action()
                    hang_up(pair)
                    return
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            hang_up(pair)

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


def hang_up(pair):
    for end in pair:
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
