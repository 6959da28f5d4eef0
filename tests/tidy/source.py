"""The tree that is checked: which files, their text, and what a problem with one looks like."""

import os
import subprocess
from collections import namedtuple

Problem = namedtuple("Problem", "path line rule message")

SKIPPED_DIRECTORIES = {".git", "build", "node_modules", "__pycache__", ".cache", "corpus", "crashers"}


class Tree:
    def __init__(self, root, build=None):
        self.root = os.path.realpath(root)
        self.build = build
        self.files = sorted(path for path in self._list() if self._is_text(path))

    def exists(self, path):
        return os.path.exists(os.path.join(self.root, path))

    def text(self, path):
        with open(os.path.join(self.root, path), encoding="utf-8") as file:
            return file.read()

    def _list(self):
        """What git would commit: tracked, or new and not ignored. Without git, every file."""
        listed = subprocess.run(
            ["git", "-C", self.root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            capture_output=True, check=False)
        if listed.returncode == 0 and self.exists(".git"):
            paths = listed.stdout.decode().split("\0")
            return [p for p in set(paths) if p and not SKIPPED_DIRECTORIES & set(p.split("/"))]
        found = []
        for directory, subdirectories, names in os.walk(self.root):
            subdirectories[:] = [d for d in subdirectories if d not in SKIPPED_DIRECTORIES]
            found += [os.path.relpath(os.path.join(directory, name), self.root) for name in names]
        return found

    def _is_text(self, path):
        full = os.path.join(self.root, path)
        if not os.path.isfile(full) or os.path.islink(full):
            return False
        try:
            with open(full, encoding="utf-8") as file:
                return "\0" not in file.read()
        except UnicodeDecodeError:
            return False
