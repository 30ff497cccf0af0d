#!/usr/bin/env python3
"""Compare a room's README and includes with its CMake declaration.

Usage: check_room.py ROOM_DIR NAME "Layer N, pure. May use: a, b."

Fails when the README lacks exactly that line, or when a file of the room includes a public header
of a room that the declaration does not name. Test files may use more (TEST_DEPS); they are not
checked here, the linker sees them.
"""

import pathlib
import re
import sys


def main() -> int:
    folder, name, line = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    problems = []
    readme = folder / "README.md"
    text = readme.read_text(encoding="utf-8") if readme.exists() else ""
    if line not in text.splitlines():
        problems.append(f"{readme}: must hold the line: {line}")
    allowed = set(line.split("May use: ")[1].rstrip(".").replace("nothing", "").split(", "))
    allowed.add(name)
    for path in sorted(folder.rglob("*")):
        if path.suffix not in (".h", ".cc") or path.stem.endswith(("_test", "_bench", "_fuzz")):
            continue
        if "testing" in path.stem:
            continue
        for number, source in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = re.match(r'#include "limpet/([a-z0-9_]+)/', source)
            if match and match.group(1) not in allowed:
                problems.append(f"{path}:{number}: includes room {match.group(1)}, "
                                f"which {name} does not declare")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
