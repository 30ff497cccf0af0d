"""A disk that fails on command: the other side of faulty_disk.c."""

import mmap
import pathlib
import struct
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
FIELDS = ("write_error", "sync_error", "open_error", "fail_one_in", "frozen", "space_is_short",
          "space", "kill_at", "in_database", "torn", "calls", "failures", "waiting")


def build_library(folder):
    """Compile faulty_disk.c where it is newer than its library; the library's path."""
    source, library = HERE / "faulty_disk.c", folder / "faulty_disk.so"
    if not library.exists() or library.stat().st_mtime < source.stat().st_mtime:
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC",
                        "-o", library, source], check=True)
    return library


class FaultyDisk:
    """The numbers that one server's library obeys; they outlive the server."""

    def __init__(self, library, control, folder):
        self.library, self.control, self.folder = library, control, folder
        control.write_bytes(bytes(8 * len(FIELDS)))
        with open(control, "r+b") as file:
            self._numbers = mmap.mmap(file.fileno(), 0)

    @property
    def environment(self):
        """What makes a server use it."""
        return {"LD_PRELOAD": str(self.library), "FAULTY_DISK_CONTROL": str(self.control),
                "FAULTY_DISK_FOLDER": str(self.folder)}

    def __getitem__(self, field):
        return struct.unpack_from("<q", self._numbers, 8 * FIELDS.index(field))[0]

    def set(self, **numbers):
        for field, number in numbers.items():
            struct.pack_into("<q", self._numbers, 8 * FIELDS.index(field), number)

    def heal(self):
        """Back to a good disk; the counts stay."""
        self.set(**{field: 0 for field in FIELDS[:10]})
