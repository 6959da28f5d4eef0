#!/usr/bin/env python3
"""Setu's cryptographic constructions a second time, from the RFCs and without libsodium.

    reference.py proto/vectors/crypto.txt     recomputes every vector; exit 1 and the name of each that differs

Slow and not constant-time: to check and to read, never to use. Argon2id is not repeated here (Python's library has none).
"""

import hashlib
import struct
import sys

# --- BLAKE2b (RFC 7693) under a domain


def sized(data):
    return struct.pack("<Q", len(data)) + data


def setu_hash(domain, parts, key=b"", size=32):
    state = hashlib.blake2b(key=key, digest_size=size)
    for part in [domain, *parts]:
        state.update(sized(part))
    return state.digest()


def setu_stream(domain, data):
    return hashlib.blake2b(sized(domain) + data, digest_size=32).digest()


# --- X25519 (RFC 7748, section 5)

P = 2**255 - 19


def x25519(scalar, point):
    k = bytearray(scalar)
    k[0] &= 248
    k[31] = k[31] & 127 | 64
    k = int.from_bytes(k, "little")
    x1 = int.from_bytes(point, "little") % 2**255
    x2, z2, x3, z3, swapped = 1, 0, x1, 1, 0
    for bit in reversed(range(255)):
        now = k >> bit & 1
        if now != swapped:
            x2, z2, x3, z3 = x3, z3, x2, z2
        swapped = now
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        da, cb, aa, bb = d * a, c * b, a * a, b * b
        e = aa - bb
        x3, z3 = (da + cb) ** 2 % P, x1 * (da - cb) ** 2 % P
        x2, z2 = aa * bb % P, e * (aa + 121665 * e) % P
    if swapped:
        x2, z2 = x3, z3
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")


X25519_BASE = (9).to_bytes(32, "little")

# --- Ed25519 (RFC 8032, section 5.1)

ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def add(p, q):
    """Of two points in affine coordinates."""
    (x1, y1), (x2, y2) = p, q
    cross = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + x2 * y1) * pow(1 + cross, P - 2, P) % P
    y = (y1 * y2 + x1 * x2) * pow(1 - cross, P - 2, P) % P
    return x, y


def multiply(factor, point):
    result = (0, 1)
    while factor:
        if factor & 1:
            result = add(result, point)
        point = add(point, point)
        factor >>= 1
    return result


def base_point():
    y = 4 * pow(5, P - 2, P) % P
    x_squared = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x_squared, (P + 3) // 8, P)
    if x * x % P != x_squared:
        x = x * pow(2, (P - 1) // 4, P) % P
    return (P - x if x & 1 else x), y


ED25519_BASE = base_point()


def encode_point(point):
    x, y = point
    return (y | (x & 1) << 255).to_bytes(32, "little")


def ed25519(seed, message=None):
    """The public key; with a message, the public key and its signature."""
    digest = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], "little") & (2**254 - 8) | 2**254
    public = encode_point(multiply(scalar, ED25519_BASE))
    if message is None:
        return public
    r = int.from_bytes(hashlib.sha512(digest[32:] + message).digest(), "little") % ORDER
    commitment = encode_point(multiply(r, ED25519_BASE))
    challenge = int.from_bytes(hashlib.sha512(commitment + public + message).digest(), "little")
    return public, commitment + ((r + challenge * scalar) % ORDER).to_bytes(32, "little")


# --- XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03 over RFC 8439)

CHACHA_WORDS = struct.unpack("<4I", b"expand 32-byte k")


def rotate(word, by):
    return (word << by | word >> 32 - by) & 0xFFFFFFFF


def chacha_rounds(state):
    s = list(state)

    def quarter(a, b, c, d):
        for to, of, into, by in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            s[to] = (s[to] + s[of]) & 0xFFFFFFFF
            s[into] = rotate(s[into] ^ s[to], by)

    for _ in range(10):
        for i in range(4):
            quarter(i, 4 + i, 8 + i, 12 + i)
        for i in range(4):
            quarter(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
    return s


def hchacha20(key, nonce16):
    s = chacha_rounds(CHACHA_WORDS + struct.unpack("<8I4I", key + nonce16))
    return struct.pack("<8I", *s[:4], *s[12:])


def chacha20(key, nonce12, counter, data):
    out = bytearray()
    for at in range(0, len(data), 64):
        start = CHACHA_WORDS + struct.unpack("<8II3I", key + struct.pack("<I", counter + at // 64) + nonce12)
        block = struct.pack("<16I", *((a + b) & 0xFFFFFFFF for a, b in zip(start, chacha_rounds(start))))
        out += bytes(a ^ b for a, b in zip(data[at : at + 64], block))
    return bytes(out)


def seeded_random(seed, sizes):
    """What fill() of each size in turn draws: the XChaCha20 keystream of the seed, a nonce for each call."""
    for call, size in enumerate(sizes):
        key = hchacha20(seed.ljust(32, b"\0"), struct.pack("<QQ", call, 0))
        yield chacha20(key, bytes(12), 0, bytes(size))


def poly1305(key, message):
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    total = 0
    for at in range(0, len(message), 16):
        total = (total + int.from_bytes(message[at : at + 16] + b"\x01", "little")) * r % (2**130 - 5)
    return ((total + int.from_bytes(key[16:], "little")) % 2**128).to_bytes(16, "little")


def pad16(data):
    return data + bytes(-len(data) % 16)


def aead_seal(key, nonce24, associated, plain):
    key, nonce = hchacha20(key, nonce24[:16]), bytes(4) + nonce24[16:]
    cipher = chacha20(key, nonce, 1, plain)
    lengths = struct.pack("<QQ", len(associated), len(cipher))
    return cipher + poly1305(chacha20(key, nonce, 0, bytes(32)), pad16(associated) + pad16(cipher) + lengths)


# --- Setu's sealed box


def box_seal(to, fresh, domain, context, plain):
    fresh_public = x25519(fresh, X25519_BASE)
    key = setu_hash(domain, [fresh_public, to, context], key=x25519(fresh, to))
    return fresh_public + aead_seal(key, bytes(24), b"", plain)


# --- what the RFCs publish


def published():
    """Yields (name, as computed here, as published)."""
    yield (
        "BLAKE2b-512 of abc (RFC 7693, appendix A)",
        hashlib.blake2b(b"abc").hexdigest(),
        "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
        "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923",
    )
    scalar = point = X25519_BASE
    for step in range(1, 1001):
        scalar, point = x25519(scalar, point), scalar
        if step == 1:
            once = "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079"
            yield "X25519, one iteration (RFC 7748, 5.2)", scalar.hex(), once
    thousand = "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51"
    yield "X25519, a thousand iterations (RFC 7748, 5.2)", scalar.hex(), thousand
    for number, (seed, message, signature) in enumerate(
        (
            (
                "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                "",
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
            ),
            (
                "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                "72",
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
            ),
            (
                "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                "af82",
                "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
            ),
        ),
        start=1,
    ):
        _, made = ed25519(bytes.fromhex(seed), bytes.fromhex(message))
        yield f"Ed25519, test {number} (RFC 8032, 7.1)", made.hex(), signature


# --- the vectors


def recompute(kind, given):
    """What `kind` makes of the case's inputs: {name of an output: its bytes, or a list of them}. None for what is
    not repeated here."""
    one = {name: values[0] for name, values in given.items()}
    if kind == "hash":
        return {"out": setu_hash(one["domain"], given.get("part", []))}
    if kind == "stream":
        return {"out": setu_stream(one["domain"], one["bytes"])}
    if kind == "derive":
        size = int.from_bytes(one["size"], "big")
        return {"out": setu_hash(one["domain"], given.get("part", []), one["key"], size)}
    if kind == "sign":
        public, signature = ed25519(one["seed"], setu_hash(one["domain"], [one["message"]]))
        return {"public": public, "signature": signature}
    if kind == "aead":
        return {"sealed": aead_seal(one["key"], one["nonce"], one["associated"], one["plain"])}
    if kind == "box":
        to = x25519(one["seed"], X25519_BASE)
        sealed = box_seal(to, one["fresh"], one["domain"], one["context"], one["plain"])
        return {"public": to, "sealed": sealed}
    if kind == "random":
        return {"draw": list(seeded_random(one["seed"], map(len, given["draw"])))}
    if kind == "stretch":
        return None
    raise ValueError(f"no construction is called {kind}")


def cases(path):
    """Yields (kind, name, {word: [values]}). Domains are text, all else is hexadecimal."""
    with open(path, encoding="utf-8") as file:
        for block in file.read().split("\n\n"):
            lines = [line.split(" ") for line in block.splitlines() if line and not line.startswith("#")]
            if not lines:
                continue
            kind, name = lines[0]
            given = {}
            for word, *value in lines[1:]:
                text = value[0] if value else ""
                given.setdefault(word, []).append(text.encode() if word == "domain" else bytes.fromhex(text))
            yield kind, name, given


def main():
    checked = wrong = 0
    for name, computed, expected in published():
        checked += 1
        if computed != expected:
            wrong += 1
            print(f"{name}: {computed}")
    for kind, name, given in cases(sys.argv[1]):
        for word, computed in (recompute(kind, given) or {}).items():
            expected = computed if isinstance(computed, list) else [computed]
            checked += 1
            if given[word] != expected:
                wrong += 1
                print(f"{name}: {word} is {' '.join(value.hex() for value in expected)}")
    print(f"{checked} values recomputed, {wrong} differ")
    return 1 if wrong or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
