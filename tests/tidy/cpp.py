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


def rooms_included(tree, path):
    """(line, name, room) of each include in `path` that goes to another room."""
    for number, line in enumerate(tree.text(path).split("\n"), 1):
        match = INCLUDE.match(line)
        if not match or not (match.group(1) == '"' or match.group(2).startswith("setu/")):
            continue
        name = match.group(2)
        other = included_room(name)
        is_neighbour = tree.exists(os.path.join(os.path.dirname(path), name))
        if other not in (None, room_of(path)) and not is_neighbour and not name.endswith(".pb.h"):
            yield number, name, other


def cpp_in_rooms(tree):
    for path in tree.files:
        room = room_of(path)
        if is_cpp(path) and room is not None:
            yield path, room


def includes(tree):
    """include-order"""
    for path, room in cpp_in_rooms(tree):
        if room not in house.ROOMS:
            yield Problem(path, 1, "include-order", f"room {room} is not in tests/tidy/house.py")
            continue
        for number, name, other in rooms_included(tree, path):
            if other not in house.ROOMS[room]:
                yield Problem(path, number, "include-order", f"{room} may not include {name}")


def headers(tree):
    """library-place, banned-header"""
    for path, _ in cpp_in_rooms(tree):
        for number, line in enumerate(tree.text(path).split("\n"), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            name = match.group(2)
            for library, (header, place) in house.LIBRARIES.items():
                if header.match(name) and not place.match(path):
                    yield Problem(path, number, "library-place", f"{library} is not included from here")
            if path.startswith("core/") and name in house.BANNED_HEADERS:
                yield Problem(path, number, "banned-header", f"<{name}> in core: {house.BANNED_HEADERS[name]}")


def links_of_rooms(tree):
    """room -> [(CMakeLists.txt, line, linked room)], as the rooms' own CMakeLists.txt say."""
    found = {}
    for path in tree.files:
        room = room_of(path) if path.endswith("/CMakeLists.txt") else None
        if room not in house.ROOMS:
            continue
        found.setdefault(room, [])
        for number, line in enumerate(tree.text(path).split("\n"), 1):
            for target in re.findall(r"\bsetu(?:::|_)(\w+)", line.split("#")[0]):
                if target in house.ROOMS and target != room:
                    found[room].append((path, number, target))
    return found


def links(tree):
    """link-order: a room links only what it may include; link-missing: and all that it includes."""
    direct = links_of_rooms(tree)
    for room, linked in direct.items():
        for path, number, target in linked:
            if target not in house.ROOMS[room]:
                yield Problem(path, number, "link-order", f"{room} may not link setu::{target}")

    def reached(room, seen):
        for _, _, target in direct.get(room, ()):
            if target not in seen:
                seen.add(target)
                reached(target, seen)
        return seen

    for path, room in cpp_in_rooms(tree):
        if room in direct:
            for number, name, other in rooms_included(tree, path):
                if other in house.ROOMS[room] and other not in reached(room, set()):
                    yield Problem(path, number, "link-missing", f"{room} includes {name} and does not link setu::{other}")


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


RULES = (includes, headers, links, names, exceptions_off)
