"""What a thin link does to bytes: when the last of them has come through, and where the line breaks.

Nothing here reads a clock or a socket: link_proxy.py asks with the present moment and does the waiting.
"""

import random
import threading
from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """A link; all zero is one that only wires are. Rates and delay are each way, stalls hold back both ways.

    Stalls begin `stall_every_s` after the link was made, and again so long after each end. The line breaks after every
    `cut_every_bytes` that passed in either direction; with a seed, after a random number that is so many on average.
    """
    up_bytes_per_s: float = 0
    down_bytes_per_s: float = 0
    delay_s: float = 0
    stall_every_s: float = 0
    stall_s: float = 0
    cut_every_bytes: int = 0
    seed: int | None = None

    def waits(self):
        return any((self.up_bytes_per_s, self.down_bytes_per_s, self.delay_s, self.stall_every_s))


class Lane:
    """One direction, shared by all connections: bytes go one after the other, as through one radio."""

    def __init__(self, shape, bytes_per_s, made_at):
        self._shape = shape
        self._bytes_per_s = bytes_per_s
        self._made_at = made_at
        self._free_at = made_at
        self._lock = threading.Lock()

    def send(self, size, now):
        """When the last of `size` bytes offered now has left; it arrives `delay_s` later."""
        with self._lock:
            begin = self._after_stall(max(now, self._free_at))
            self._free_at = begin + (size / self._bytes_per_s if self._bytes_per_s else 0)
            return self._free_at

    def _after_stall(self, moment):
        shape = self._shape
        if not shape.stall_every_s:
            return moment
        period = shape.stall_every_s + shape.stall_s
        into = (moment - self._made_at) % period
        return moment if into < shape.stall_every_s else moment + period - into


class Cuts:
    """Where the line breaks, counted over everything that passes."""

    def __init__(self, shape):
        self._every = shape.cut_every_bytes
        self._random = None if shape.seed is None else random.Random(shape.seed)
        self._lock = threading.Lock()
        self._left = self._draw()

    def passes(self, size):
        """How many of `size` bytes pass, and whether the line breaks behind them."""
        with self._lock:
            if not self._every or size < self._left:
                self._left -= size if self._every else 0
                return size, False
            passed, self._left = self._left, self._draw()
            return passed, True

    def _draw(self):
        if not self._every:
            return 0
        return self._every if self._random is None else self._random.randrange(1, 2 * self._every)
