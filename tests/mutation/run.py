#!/usr/bin/env python3
"""Breaks the code on purpose, one known way at a time, and shows that a test notices each.

A test suite that stays green while the code is broken is worth nothing. mutations.py lists the breakages: a file, a text
in it, what to put there instead, and who has to notice: the simulator within its fixed seeds, or the unit tests of a room.
Each is built in a copy of the last commit (build/mutation/tree): the checkout is never touched, nor what is not committed seen.

    ./dev mutation                      all of them; ten minutes on two idle cores, once the copy is built
    ./dev mutation --only NAME ...      some of them
    ./dev mutation --list               their names, what they break, who notices

The unbroken tree has to pass first. Ends with 1 if a mutation survives, and with 2 if one cannot be made: its text is
gone or there twice, or the result does not compile. Then the code has moved on, and mutations.py has to follow.
"""

import argparse
import io
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import time

sys.dont_write_bytecode = True
from mutations import MUTATIONS, SIM  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIRST_SEED, SEEDS, STRETCH = 1, 400, 80
TIMEOUT_S = 1200  # of one program
BUILD = "build/release"  # in the copy


class Unmade(Exception):
    """A mutation that could not be made or built."""


class Verdict:
    def __init__(self, passed, seconds, words=""):
        self.passed, self.seconds, self.words = passed, seconds, words


# --- the copy


def refresh(tree):
    """Makes the copy what was last committed. Gives the commit."""
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True).stdout
    names = set()
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        for member in files:
            if member.isfile():
                names.add(member.name)
                write_if_changed(tree / member.name, files.extractfile(member).read(), member.mode)
    for path in list(tree.rglob("*")):
        inside = path.relative_to(tree)
        if inside.parts[0] != "build" and "node_modules" not in inside.parts and path.is_file() and str(inside) not in names:
            path.unlink()
    modules = tree / "cmake/sqlite/node_modules"
    if not modules.exists():
        modules.symlink_to(ROOT / "cmake/sqlite/node_modules")
    return subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, check=True,
                          text=True).stdout.strip()


def write_if_changed(path, content, mode):
    if path.is_file() and path.read_bytes() == content:
        return  # keeps its time, so that what includes it is not built again
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(mode)


def build(tree, targets):
    environment = dict(os.environ)
    environment.setdefault("CCACHE_BASEDIR", str(tree))
    environment.setdefault("CCACHE_NOHASHDIR", "1")
    if not (tree / BUILD / "build.ninja").is_file():
        run_or_raise(["cmake", "--preset", "release", "-B", BUILD], tree, environment)
    run_or_raise(["ninja", "-C", BUILD, *sorted(targets)], tree, environment)


def run_or_raise(command, tree, environment):
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        wrong = [line for line in done.stdout.splitlines() if "error:" in line]
        raise Unmade(f"does not build: {wrong[0] if wrong else (done.stdout + done.stderr)[-300:]}")


# --- the mutations


def mutated_texts(tree, mutation):
    """File -> text with the mutation in it. Each text has to be there exactly once."""
    texts = {}
    for edit in mutation.edits:
        path = tree / edit.file
        if edit.file not in texts:
            texts[edit.file] = path.read_text() if path.is_file() else ""
        found = texts[edit.file].count(edit.find)
        if found != 1:
            raise Unmade(f"{edit.file} has the text {found} times instead of once: {edit.find.strip().splitlines()[0]}")
        texts[edit.file] = texts[edit.file].replace(edit.find, edit.put)
    return texts


# --- those who have to notice


def sim_words(output):
    worlds = re.findall(r"^seed (\d+): .*\n  (.*)$", output, re.MULTILINE)
    if worlds:
        seed, violation = min(worlds, key=lambda world: int(world[0]))
        return f"seed {seed}: {violation}"
    died = re.search(r"a job died of signal \d+", output)
    return died[0] if died else output.strip()[-200:]


def unit_words(output):
    names = re.findall(r"^-{20,}\n(.+)\n", output, re.MULTILINE)
    return names[0] if names else (output.strip().splitlines() or ["failed without a word"])[-1]


def run_program(tree, command):
    """None if it passes, else what it said."""
    try:
        done = subprocess.run([str(tree / BUILD / "bin" / command[0]), *command[1:]], cwd=tree, capture_output=True,
                              text=True, errors="replace", timeout=TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired:
        return "never ended"
    return None if done.returncode == 0 else done.stdout + done.stderr


def run_sim(tree):
    """A stretch of seeds after the other, each on all cores, up to the first with a violation."""
    for first in range(FIRST_SEED, FIRST_SEED + SEEDS, STRETCH):
        said = run_program(tree, [SIM, "--first", str(first), "--count", str(STRETCH), "--jobs", str(os.cpu_count() or 1)])
        if said is not None:
            return sim_words(said)
    return None


def watch(tree, catcher):
    began = time.monotonic()
    if catcher == SIM:
        words = run_sim(tree)
    else:
        said = run_program(tree, [catcher, "--abort"])
        words = None if said is None else unit_words(said)
    return Verdict(words is None, time.monotonic() - began, words or "")


def check_unbroken(tree, catchers):
    build(tree, catchers)
    for catcher in sorted(catchers):
        verdict = watch(tree, catcher)
        if not verdict.passed:
            sys.exit(f"mutation: the unbroken tree does not pass {catcher}: {verdict.words}")
        print(f"unbroken: {catcher} passes, {verdict.seconds:.0f} s", flush=True)


def check_mutation(tree, mutation, keep):
    """Everybody named has to notice. Gives who did, or raises Unmade."""
    broken = mutated_texts(tree, mutation)
    whole = {name: (tree / name).read_text() for name in broken}
    try:
        write_all(tree, broken)
        build(tree, mutation.caught_by)
        return [(catcher, watch(tree, catcher)) for catcher in mutation.caught_by]
    finally:
        if not keep:
            write_all(tree, whole)


def write_all(tree, texts):
    for name, text in texts.items():
        (tree / name).write_text(text)


def told(mutation, verdicts):
    lines = []
    for catcher, verdict in verdicts:
        how = "SURVIVES" if verdict.passed else "caught by"
        lines.append((mutation.name, f"{how} {catcher}", f"{verdict.seconds:.0f} s", verdict.words[:150]))
    return lines


def show_list():
    for mutation in MUTATIONS:
        print(f"{mutation.name}: {mutation.breaks}\n    in {', '.join(sorted({e.file for e in mutation.edits}))}; "
              f"noticed by {', '.join(mutation.caught_by)}")
        if mutation.not_by_sim:
            print(f"    not by the simulator: {mutation.not_by_sim}")


def parse_arguments():
    parser = argparse.ArgumentParser(prog="./dev mutation", description=__doc__.splitlines()[0])
    parser.add_argument("--only", metavar="NAME", nargs="+", help="these mutations alone")
    parser.add_argument("--list", action="store_true", help="what there is")
    parser.add_argument("--keep", action="store_true", help="leave the last mutation in build/mutation/tree")
    parser.add_argument("--skip-unbroken", action="store_true", help="when the unbroken tree has just passed")
    return parser.parse_args()


def chosen(names):
    known = {mutation.name: mutation for mutation in MUTATIONS}
    for name in names or []:
        if name not in known:
            sys.exit(f"mutation: no mutation is called {name}; --list shows all")
    return [known[name] for name in names] if names else MUTATIONS


def main():
    options = parse_arguments()
    if options.list:
        show_list()
        return 0
    mutations = chosen(options.only)
    os.nice(10)
    tree = ROOT / "build/mutation/tree"
    tree.mkdir(parents=True, exist_ok=True)
    print(f"mutation: at commit {refresh(tree)}", flush=True)
    rotten = []
    for mutation in mutations:
        try:
            mutated_texts(tree, mutation)
        except Unmade as why:
            rotten.append(f"{mutation.name}: {why}")
    if rotten:
        print("mutation: out of date:\n  " + "\n  ".join(rotten), file=sys.stderr)
        return 2
    if not options.skip_unbroken:
        check_unbroken(tree, {catcher for mutation in mutations for catcher in mutation.caught_by})

    table, survived, unmade = [], 0, 0
    for mutation in mutations:
        try:
            verdicts = check_mutation(tree, mutation, options.keep)
        except Unmade as why:
            unmade += 1
            rows = [(mutation.name, "NOT MADE", "", str(why))]
        else:
            survived += any(verdict.passed for _, verdict in verdicts)
            rows = told(mutation, verdicts)
        print("\n".join("  ".join(row) for row in rows), flush=True)
        table += rows
    widths = [max(len(row[column]) for row in table) for column in range(3)]
    print("\n" + "\n".join("  ".join([*(cell.ljust(width) for cell, width in zip(row, widths)), row[3]])
                           for row in table))
    print(f"\n{len(mutations)} mutations, {survived} survived, {unmade} not made")
    return 2 if unmade else 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
