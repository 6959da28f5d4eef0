"""Rules about C++ and the build: who includes whom, what core may not name, how core is compiled."""

import json
import os
import re
import shlex

import house
from source import Problem

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
LITERAL_OR_COMMENT = re.compile(
    r'R"(?P<tag>[^(\s]{0,16})\(.*?\)(?P=tag)"'  # raw string
    r'|"(?:\\.|[^"\\\n])*"|(?<![\w])\'(?:\\.|[^\'\\\n])*\''
    r"|//[^\n]*|/\*.*?\*/", re.S)


def code_lines(text):
    """The lines with comments and literals blanked; line numbers stay."""
    return LITERAL_OR_COMMENT.sub(lambda m: "\n" * m.group().count("\n"), text).split("\n")


def room_of(path):
    parts = path.split("/")
    if path.startswith("core/include/setu/"):
        return house.PUBLIC_HEADERS.get(path[len("core/include/"):]) or (parts[3] if len(parts) > 4 else None)
    if parts[0] in ("core", "apps") and len(parts) > 2:
        return parts[1]
    return "sync-server" if parts[0] == "sync-server" else None


def included_room(name):
    """The room that a quoted include names; None for a neighbour in the same directory."""
    if name in house.PUBLIC_HEADERS:
        return house.PUBLIC_HEADERS[name]
    parts = name.split("/")
    if parts[0] == "setu":
        parts = parts[1:]
    return parts[0] if len(parts) > 1 else None


def is_cpp(path):
    return path.endswith((".cpp", ".hpp", ".h", ".cc"))


def includes(tree):
    """include-order, library-place, banned-header"""
    for path in tree.files:
        room = room_of(path)
        if not is_cpp(path) or room is None:
            continue
        in_core = path.startswith("core/")
        if room not in house.ROOMS:
            yield Problem(path, 1, "include-order", f"room {room} is not in tests/tidy/house.py")
            continue
        for number, line in enumerate(tree.text(path).split("\n"), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            quoted, name = match.group(1) == '"', match.group(2)
            for library, (header, place) in house.LIBRARIES.items():
                if header.match(name) and not place.match(path):
                    yield Problem(path, number, "library-place", f"{library} is not included from here")
            if in_core and name in house.BANNED_HEADERS:
                yield Problem(path, number, "banned-header", f"<{name}> in core: {house.BANNED_HEADERS[name]}")
            other = included_room(name) if quoted or name.startswith("setu/") else None
            if other in (None, room) or tree.exists(os.path.join(os.path.dirname(path), name)):
                continue
            if other not in house.ROOMS[room] and not name.endswith(".pb.h"):
                yield Problem(path, number, "include-order", f"{room} may not include {name}")


def links(tree):
    """link-order: a room's CMakeLists.txt links only what the room may include."""
    for path in tree.files:
        room = room_of(path) if path.endswith("/CMakeLists.txt") else None
        if room not in house.ROOMS:
            continue
        known = house.ROOMS[room] | {room, "sqlite3"}
        for number, line in enumerate(tree.text(path).split("\n"), 1):
            for target in re.findall(r"\bsetu(?:::|_)(\w+)", line.split("#")[0]):
                target = {"server": "sync-server"}.get(target, target)
                if target in house.ROOMS and target not in known:
                    yield Problem(path, number, "link-order", f"{room} may not link setu::{target}")


def names(tree):
    """banned-name"""
    rules = {why: re.compile(pattern) for why, pattern in house.BANNED_NAMES.items()}
    for path in tree.files:
        if not (is_cpp(path) and path.startswith("core/")):
            continue
        for number, line in enumerate(code_lines(tree.text(path)), 1):
            for why, pattern in rules.items():
                found = pattern.search(line)
                if found:
                    yield Problem(path, number, "banned-name", f"`{found.group().strip()}` in core: {why}")


def exceptions_off(tree):
    """exceptions-on: every source of core is compiled with -fno-exceptions, as the build's own database says."""
    if tree.build is None:
        return
    database = os.path.join(tree.build, "compile_commands.json")
    with open(database, encoding="utf-8") as file:
        commands = json.load(file)
    for command in commands:
        source = os.path.relpath(os.path.join(command["directory"], command["file"]), tree.root)
        if not source.startswith("core" + os.sep):
            continue
        arguments = command.get("arguments") or shlex.split(command["command"])
        switches = [a for a in arguments if a in ("-fexceptions", "-fno-exceptions")]
        if not switches or switches[-1] != "-fno-exceptions":
            yield Problem(source, 1, "exceptions-on", "compiled without -fno-exceptions; use setu_module()")


RULES = (includes, links, names, exceptions_off)
