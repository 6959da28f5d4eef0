"""Whether bytes could be random: what encrypted files must look like, to whoever has no key."""

import zlib
from collections import Counter

# Chi-square over 256 values has mean 255 and deviation 22.6 where bytes are random. One sample in 10^9 is above HIGH or
# below LOW; a page of text is in the tens of thousands, one of zeros at a million.
LOW, HIGH = 140, 420
PAGE = 4096
SMALLEST = 1024  # bytes; fewer say nothing


def chi_square(data):
    expected = len(data) / 256
    counts = Counter(data)
    return sum((counts.get(value, 0) - expected) ** 2 / expected for value in range(256))


def signs_of_order(data):
    """What tells this from random bytes, in words; nothing: it cannot be told by these means."""
    found = []
    for start in range(0, len(data), PAGE):
        page = data[start:start + PAGE]
        if len(page) >= SMALLEST and not LOW < chi_square(page) < HIGH:
            found.append(f"bytes {start} to {start + len(page)}: chi-square {chi_square(page):.0f}")
    if len(data) >= SMALLEST and not LOW < chi_square(data) < HIGH:
        found.append(f"as a whole: chi-square {chi_square(data):.0f}")
    if len(data) >= SMALLEST and len(zlib.compress(data, 9)) < len(data):
        found.append("it can be compressed")
    return found
