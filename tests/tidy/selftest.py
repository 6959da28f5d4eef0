#!/usr/bin/env python3
"""Shows that every rule of check.py can fail: each test lays out a small tree that breaks one rule, and a neighbour
of it that does not."""

import json
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import check  # noqa: E402


def rules_broken(files, commands=None):
    """The names of the rules that a tree of {path: text} breaks."""
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            full = os.path.join(root, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w", encoding="utf-8") as file:
                file.write(text)
        build = None
        if commands is not None:
            build = os.path.join(root, "build")
            os.makedirs(build)
            for command in commands:
                command["directory"] = build
            with open(os.path.join(build, "compile_commands.json"), "w", encoding="utf-8") as file:
                json.dump(commands, file)
        return sorted({problem.rule for problem in check.problems(root, build)})


class EachRuleCanFail(unittest.TestCase):
    def breaks(self, rule, path, text):
        self.assertEqual(rules_broken({path: text}), [rule], f"{path}: {text!r}")

    def holds(self, path, text):
        self.assertEqual(rules_broken({path: text}), [], f"{path}: {text!r}")

    def test_rooms_include_only_what_stands_before_them(self):
        self.breaks("include-order", "core/sync/a.cpp", '#include "merge/part.hpp"\n')
        self.breaks("include-order", "core/merge/a.cpp", '#include "store/db.hpp"\n')
        self.breaks("include-order", "core/base/a.cpp", '#include "wire/frames.hpp"\n')
        self.breaks("include-order", "sync-server/a.cpp", '#include "forms/form.hpp"\n')
        self.breaks("include-order", "core/wire/a.cpp", '#include "setu/client.hpp"\n')
        self.breaks("include-order", "core/include/setu/base/a.hpp", '#include <setu/records.hpp>\n')
        self.breaks("include-order", "apps/cli/a.cpp", '#include "store/db.hpp"\n')
        self.breaks("include-order", "core/gossip/a.cpp", "\n")
        self.holds("core/store/a.cpp", '#include "merge/part.hpp"\n#include "setu/base/bytes.hpp"\n#include "db.hpp"\n')
        self.holds("core/client/a.cpp", '#include "setu/client.hpp"\n#include "client/recorder.hpp"\n')

    def test_rooms_link_only_what_they_may_include(self):
        self.breaks("link-order", "core/sync/CMakeLists.txt", "setu_module(sync SOURCES a.cpp LINKS setu::merge)\n")
        self.breaks("link-order", "sync-server/CMakeLists.txt", "target_link_libraries(setu-server setu_store)\n")
        self.holds("core/store/CMakeLists.txt", "setu_module(store SOURCES a.cpp LINKS setu::merge setu::sqlite3)\n")

    def test_rooms_link_what_they_include(self):
        include = {"core/store/a.cpp": '#include "wire/frames.hpp"\n'}
        wire = {"core/wire/CMakeLists.txt": "setu_module(wire SOURCES a.cpp LINKS setu::base)\n"}
        for linked, broken in (("setu::base", ["link-missing"]), ("setu::wire", []), ("setu::roster", [])):
            store = {"core/store/CMakeLists.txt": f"setu_module(store SOURCES a.cpp LINKS {linked})\n"}
            roster = {"core/roster/CMakeLists.txt": "setu_module(roster SOURCES a.cpp LINKS setu::wire)\n"}
            self.assertEqual(rules_broken(include | store | wire | roster), broken, linked)

    def test_a_library_is_included_from_its_place_only(self):
        self.breaks("library-place", "core/wire/a.cpp", "#include <sodium.h>\n")
        self.breaks("library-place", "core/merge/a.cpp", '#include "sqlite3.h"\n')
        self.breaks("library-place", "sync-server/service.cpp", "#include <sqlite3.h>\n")
        self.breaks("library-place", "apps/cli/a.cpp", "#include <google/protobuf/message_lite.h>\n")
        self.holds("core/crypto/a.cpp", "#include <sodium.h>\n")
        self.holds("sync-server/sqlite_db.cpp", "#include <sqlite3.h>\n")
        self.holds("core/wire/a.cpp", '#include "setu/wire/v1/frames.pb.h"\n')

    def test_core_includes_no_clocks_threads_files_or_streams(self):
        for header in ("thread", "atomic", "random", "ctime", "filesystem", "fstream", "iostream", "format", "locale",
                       "sys/socket.h"):
            self.breaks("banned-header", "core/base/a.cpp", f"#include <{header}>\n")
        self.holds("sync-server/a.cpp", "#include <thread>\n")

    def test_core_names_no_clocks_chance_threads_or_exceptions(self):
        for code in ("auto t = std::chrono::system_clock::now();", "auto t = time(nullptr);", "auto t = std::time(0);",
                     "std::random_device d;", "int r = rand();", "std::mt19937_64 g;", "std::thread t;",
                     "std::mutex m;", "std::shared_mutex m;", "std::atomic<int> n;", "thread_local int n;",
                     "std::ofstream f;", "std::cout << 1;", "setlocale(LC_ALL, 0);", "socket(AF_INET, 0, 0);",
                     "throw 1;", "try { f(); }", "} catch (...) {}", "FILE* f = fopen(path, mode);"):
            self.breaks("banned-name", "core/base/a.cpp", code + "\n")
        self.holds("core/base/a.cpp", "// time(nullptr) and throw 1 are for others\n")
        self.holds("core/base/a.cpp", 'const char* s = "std::thread, throw";\n/* std::mutex\n try { */\n')
        self.holds("core/base/a.cpp", "int time(int x); int y = clock.time(0); Status try_again();\n")
        self.holds("apps/cli/a.cpp", "std::cout << 1; throw 1;\n")

    def test_core_is_compiled_without_exceptions(self):
        def broken(command):
            return rules_broken({}, [{"file": "../core/base/a.cpp", "command": command}])
        self.assertEqual(broken("g++ -c a.cpp"), ["exceptions-on"])
        self.assertEqual(broken("g++ -fno-exceptions -fexceptions -c a.cpp"), ["exceptions-on"])
        self.assertEqual(broken("g++ -fno-exceptions -c a.cpp"), [])
        self.assertEqual(rules_broken({}, [{"file": "../apps/cli/a.cpp", "command": "g++ -c a.cpp"}]), [])

    def test_nothing_of_one_machine_is_written_down(self):
        self.breaks("registry-host", "docs/a.md", "from registry" + ".npmjs.org\n")
        self.breaks("registry-host", "dev", "deb" + ".debian.org\n")
        self.breaks("machine-path", "docs/a.md", "cd /ho" + "me/ann/setu\n")
        self.breaks("machine-path", "CMakeLists.txt", "set(x /wo" + "rk/main)\n")
        self.holds("docs/a.md", "~/home/x and https://example.org/home/x\n")

    def test_nothing_unfinished_is_left(self):
        self.breaks("unfinished", "core/base/a.cpp", "// TO" + "DO: later\n")
        self.breaks("unfinished", "docs/a.md", "FIX" + "ME\n")
        self.holds("docs/a.md", "autodone, ToDos\n")

    def test_locks_hold_hashes_not_addresses(self):
        self.breaks("lock-address", "apps/web/package-lock.json", '{ "resolved": "https://example.org/a.tgz" }\n')
        self.holds("apps/web/package-lock.json", '{ "integrity": "sha512-abc" }\n')

    def test_files_stay_short(self):
        self.breaks("too-long", "core/base/a.hpp", "\n" * 301)
        self.breaks("too-long", "core/base/a.cpp", "\n" * 601)
        self.breaks("too-long", "tests/e2e/a.py", "\n" * 601)
        self.holds("core/base/a.hpp", "\n" * 300)
        self.holds("docs/a.md", "\n" * 2000)


if __name__ == "__main__":
    unittest.main()
