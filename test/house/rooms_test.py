#!/usr/bin/env python3
"""Prove that the build refuses what the house forbids.

Each case is a tiny project of two or three rooms built with cmake/limpet_room.cmake; the bad half
must fail for the stated reason, the good half must build. Usage: rooms_test.py REPO
"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

REPO = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 else ".").resolve()

PROJECT = """
cmake_minimum_required(VERSION 3.25)
project(house LANGUAGES CXX)
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_VERIFY_INTERFACE_HEADER_SETS ON)
set(LIMPET_TESTS ON)
find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_library(limpet_flags INTERFACE)
enable_testing()
include({repo}/cmake/limpet_room.cmake)
limpet_add_rooms({rooms})
limpet_check_rooms()
"""


class House(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.folder.name)
        self.rooms = []

    def tearDown(self):
        self.folder.cleanup()

    def room(self, name, declaration, files):
        """A room with the given words for limpet_room() and files {path: text}."""
        place = self.root / "src" / name
        for path, text in files.items():
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            (place / path).write_text(text)
        headers = " ".join(p for p in files if p.endswith(".h"))
        sources = " ".join(p for p in files if p.endswith(".cc"))
        (place / "CMakeLists.txt").write_text(
            f"limpet_room({name} {declaration} HEADERS {headers} SOURCES {sources})\n")
        self.rooms.append(name)

    def configure(self):
        rooms = " ".join(f"{name}/CMakeLists.txt" for name in self.rooms)
        (self.root / "CMakeLists.txt").write_text(PROJECT.format(repo=REPO, rooms=rooms))
        return subprocess.run(["cmake", "-G", "Ninja", "-S", self.root, "-B", self.root / "build"],
                              capture_output=True, text=True, check=False)

    def build(self, target):
        return subprocess.run(["cmake", "--build", self.root / "build", "--target", target],
                              capture_output=True, text=True, check=False)

    def low_and_high(self, low_deps="", low_source=""):
        self.room("low", f"LAYER 1 PURE DEPS {low_deps}", {
            "include/limpet/low/low.h": "#pragma once\nnamespace limpet { int low(); }\n",
            "low.cc": '#include "limpet/low/low.h"\n' + low_source +
                      "\nint limpet::low() { return 1; }\n"})
        self.room("high", "LAYER 2 PURE DEPS low", {
            "include/limpet/high/high.h": "#pragma once\nnamespace limpet { int high(); }\n",
            "high.cc": '#include "limpet/high/high.h"\n#include "limpet/low/low.h"\n'
                       "int limpet::high() { return low(); }\n"})

    def test_downward_use_builds(self):
        self.low_and_high()
        self.assertEqual(self.configure().returncode, 0)
        self.assertEqual(self.build("limpet_high").returncode, 0)
        self.assertEqual(self.build("all_link_tests").returncode, 0)
        self.assertEqual(self.build("all_verify_interface_header_sets").returncode, 0)

    def test_upward_dependency_is_refused_when_configuring(self):
        self.low_and_high(low_deps="high")
        result = self.configure()
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("may not use high", result.stderr)

    def test_upward_include_does_not_compile(self):
        self.low_and_high(low_source='#include "limpet/high/high.h"')
        self.assertEqual(self.configure().returncode, 0)
        result = self.build("limpet_low")
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("limpet/high/high.h", result.stdout + result.stderr)

    def test_upward_call_through_a_forward_declaration_does_not_link(self):
        self.low_and_high(low_source="namespace limpet { int high(); int sneak() { return high(); } }")
        self.assertEqual(self.configure().returncode, 0)
        self.assertEqual(self.build("limpet_low").returncode, 0)
        result = self.build("low_link_test")
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("high()", result.stdout + result.stderr)

    def test_pure_room_may_not_use_an_io_room(self):
        self.room("sockets", "LAYER 1 IO", {
            "include/limpet/sockets/sockets.h": "#pragma once\n", "sockets.cc": "\n"})
        self.room("thinker", "LAYER 2 PURE DEPS sockets", {
            "include/limpet/thinker/thinker.h": "#pragma once\n", "thinker.cc": "\n"})
        result = self.configure()
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("pure room thinker may not use the I/O room sockets", result.stderr)

    def test_header_that_leans_on_another_is_found(self):
        self.room("lean", "LAYER 1 PURE", {
            "include/limpet/lean/lean.h": "#pragma once\nstd::string lean();\n",
            "lean.cc": '#include <string>\n#include "limpet/lean/lean.h"\n'
                       "std::string lean() { return {}; }\n"})
        self.assertEqual(self.configure().returncode, 0)
        self.assertEqual(self.build("limpet_lean").returncode, 0)
        self.assertNotEqual(self.build("all_verify_interface_header_sets").returncode, 0)

    def check_room(self, line):
        return subprocess.run(
            [sys.executable, REPO / "tools/check_room.py", self.root / "src/high", "high", line],
            capture_output=True, text=True, check=False)

    def test_readme_and_includes_are_compared_with_the_declaration(self):
        self.low_and_high()
        line = "Layer 2, pure. May use: low."
        self.assertIn("must hold the line", self.check_room(line).stdout)
        (self.root / "src/high/README.md").write_text(f"# high\n\n{line}\n")
        self.assertEqual(self.check_room(line).returncode, 0)
        self.assertIn("includes room low", self.check_room("Layer 2, pure. May use: nothing.").stdout)


if __name__ == "__main__":
    unittest.main()
