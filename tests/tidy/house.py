"""The map that the rules below judge by: which room may include which, and what may not be named where.

A room is a directory of core/, or sync-server, or a directory of apps/. Its set holds every room whose headers it may
include, its own aside. The order is the design's: what stands left never includes what stands right of it.
"""

import re

ROOMS = {
    "base": set(),
    "crypto": {"base"},
    "lock": {"base", "crypto"},  # no files: it is handed bytes and instants
    "merge": {"base"},
    "wire": {"base", "crypto"},
    "roster": {"base", "crypto", "wire"},
    "sync": {"base", "crypto", "wire"},  # never merge: what moves batches cannot know what is in them
    "store": {"base", "crypto", "merge", "wire", "roster", "sync"},
    "forms": {"base", "merge", "crypto", "wire"},
    "client": {"base", "crypto", "merge", "wire", "roster", "sync", "store", "forms"},
    "sync-server": {"base", "crypto", "wire", "roster"},  # blind: neither merge nor forms
    "transport": {"base", "crypto", "wire", "sync", "client"},
    "cli": {"base", "crypto", "lock", "client", "forms", "transport", "sync"},  # crypto: keys of replicas
}

# Public headers that are not in a directory of their own room.
PUBLIC_HEADERS = {"setu/client.hpp": "client", "setu/records.hpp": "client"}

# A library, and the only places that may include it. Server and apps may include everything else they like.
LIBRARIES = {
    "libsodium": (re.compile(r"sodium(\.h|/)"), re.compile(r"core/crypto/")),
    "SQLite": (re.compile(r"sqlite3\.h"), re.compile(r"core/store/|sync-server/sqlite_\w+\.[ch]pp$")),
    "protobuf": (re.compile(r"google/protobuf/|.*\.pb\.h$"), re.compile(r"core/wire/")),
}

# What core may not include, and why: time, chance, threads, files and sockets come through ports or not at all.
BANNED_HEADERS = {
    "thread": "threads", "mutex": "threads", "shared_mutex": "threads", "condition_variable": "threads",
    "atomic": "threads", "future": "threads", "stop_token": "threads", "semaphore": "threads", "latch": "threads",
    "barrier": "threads", "pthread.h": "threads", "random": "randomness", "time.h": "clocks", "ctime": "clocks",
    "sys/time.h": "clocks", "filesystem": "files", "fstream": "files", "unistd.h": "files", "fcntl.h": "files",
    "sys/stat.h": "files", "iostream": "streams", "sstream": "streams", "format": "no <format> in older libraries",
    "locale": "locale", "clocale": "locale", "regex": "locale and exceptions", "sys/socket.h": "sockets",
    "netdb.h": "sockets", "arpa/inet.h": "sockets", "netinet/in.h": "sockets",
}

# Names that core may not use, in code (comments and string literals do not count).
BANNED_NAMES = {
    "clocks": r"system_clock|steady_clock|high_resolution_clock|utc_clock|\bgettimeofday\b|\bclock_gettime\b"
              r"|(?<![\w.>])(?:std::|::)?time\s*\(\s*(?:nullptr|NULL|0|&\w+)\s*\)",
    "randomness": r"\brandom_device\b|\bmt19937\w*|(?<![\w.>])s?rand\s*\(|\bgetrandom\b|\barc4random\w*",
    "threads": r"\bstd::(?:j?thread|(?:\w+_)?mutex|atomic\w*|condition_variable\w*|async|future)\b|\bthread_local\b"
               r"|\bpthread_\w+",
    "files": r"\bstd::(?:filesystem|[io]?fstream)\b|\bfopen\s*\(",
    "streams": r"\bstd::(?:cout|cerr|clog|cin)\b",
    "locale": r"\bsetlocale\b|\bstd::locale\b",
    "sockets": r"(?<![\w.>])(?:socket|connect|bind|getaddrinfo)\s*\(\s*AF_|\bgetaddrinfo\b",
    "exceptions": r"\bthrow\b|\btry\s*\{|\bcatch\s*\(",
}

# Lines; a file past its limit is two things in one. Exceptions: path -> (limit, reason).
SOURCE_LINES = 600
HEADER_LINES = 300
LONGER = {}
