#!/usr/bin/env python3
"""Checks the house rules that no compiler knows: `check.py --root DIR [--build DIR]`.

Prints `path:line: rule: what is wrong`, one problem a line, and exits 1 if there is any. house.py holds the map that
the rules judge by; selftest.py shows that each rule can fail.
"""

import argparse
import sys

import cpp
import repo
from source import Tree


def problems(root, build=None):
    tree = Tree(root, build)
    return [problem for rule in cpp.RULES + repo.RULES for problem in rule(tree)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--root", required=True)
    parser.add_argument("--build", help="a build directory with compile_commands.json")
    options = parser.parse_args()
    found = problems(options.root, options.build)
    for problem in found:
        print(f"{problem.path}:{problem.line}: {problem.rule}: {problem.message}")
    print(f"{len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
