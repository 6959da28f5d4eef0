"""Rules about the repository as a whole: nothing of one machine, nothing unfinished, nothing too long."""

import re

import house
from source import Problem

# Spelled so that this file does not match itself.
WORDS = {
    "registry-host": (re.compile(r"registry[.]npmjs|deb[.]debian[.]org|(?:pypi|crates)[.](?:org|io)\b"),
                      "a package registry's address"),
    "machine-path": (re.compile(r"(?<![\w.~}-])/(?:work|home|root|Users)/[A-Za-z0-9_.-]"), "a path of one machine"),
    "unfinished": (re.compile(r"\b(?:TO[D]O|FIX[M]E)\b"), "say it in an issue, or finish it"),
}


def words(tree):
    """registry-host, machine-path, unfinished"""
    for path in tree.files:
        for number, line in enumerate(tree.text(path).split("\n"), 1):
            for rule, (pattern, why) in WORDS.items():
                found = pattern.search(line)
                if found:
                    yield Problem(path, number, rule, f"`{found.group()}`: {why}")


def locks(tree):
    """lock-address: a lock file pins hashes, not the addresses that one machine downloaded from."""
    for path in tree.files:
        if path.endswith(("package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml")):
            for number, line in enumerate(tree.text(path).split("\n"), 1):
                if re.search(r'"?resolved"?\s*[": ]', line):
                    yield Problem(path, number, "lock-address", "made without --omit-lockfile-registry-resolved")


def lengths(tree):
    """too-long"""
    for path in tree.files:
        if path.endswith((".hpp", ".h")):
            limit = house.HEADER_LINES
        elif path.endswith((".cpp", ".cc", ".py", ".js", ".ts", ".svelte", ".sh", ".cmake")) or path == "dev":
            limit = house.SOURCE_LINES
        else:
            continue
        limit = house.LONGER.get(path, (limit, ""))[0]
        lines = tree.text(path).count("\n")
        if lines > limit:
            yield Problem(path, lines, "too-long", f"{lines} lines, limit {limit}; what two things is it?")


RULES = (words, locks, lengths)
