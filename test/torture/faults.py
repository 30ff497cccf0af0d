"""Faults of a disk, each with the place that it needs, how it begins and how it ends."""

import errno
import time

import places

KINDS = ("full", "readonly", "ioerror", "frozen")


class Fault:
    """One way in which a disk fails.

    `heals`: the server can go on without a restart once it is over. `stops_writes`: writes are
    refused while it lasts (a frozen disk holds them up instead).
    """

    kind = name = None
    heals, stops_writes, uses_library = True, True, False
    place = places.Folder

    def __init__(self, rng, place, disk):
        self.rng, self.place, self.disk = rng, place, disk

    def begin(self):
        raise NotImplementedError

    def end(self):
        """With `heals` while the server runs, else once it is dead."""
        raise NotImplementedError


class LibraryFault(Fault):
    """Made by faulty_disk.c."""

    uses_library = True

    def numbers(self):
        raise NotImplementedError

    def begin(self):
        self.disk.set(**self.numbers())

    def end(self):
        self.disk.heal()


class LibraryFull(LibraryFault):
    kind, name = "full", "full (library: ENOSPC)"

    def numbers(self):
        return {"space": self.rng.randrange(300_000), "space_is_short": 1}


class LibraryReadonly(LibraryFault):
    kind, name = "readonly", "read-only (library: EROFS)"

    def numbers(self):
        return {"write_error": errno.EROFS, "open_error": errno.EROFS}


class LibraryWriteError(LibraryFault):
    kind, name = "ioerror", "writes fail (library: EIO)"

    def numbers(self):
        return {"write_error": errno.EIO}


class LibrarySyncError(LibraryFault):
    kind, name = "ioerror", "syncs fail (library: EIO)"

    def numbers(self):
        return {"sync_error": errno.EIO}


class LibraryAllError(LibraryFault):
    kind, name = "ioerror", "opens, writes and syncs fail (library: EIO)"

    def numbers(self):
        return {"sync_error": errno.EIO, "write_error": errno.EIO, "open_error": errno.EIO}


class LibrarySomeError(LibraryFault):
    kind, name = "ioerror", "one call in some fails (library: EIO)"

    def numbers(self):
        return {"sync_error": errno.EIO, "write_error": errno.EIO, "open_error": errno.EIO,
                "fail_one_in": self.rng.choice((2, 3, 5, 17, 101, 499))}


class LibraryFrozen(LibraryFault):
    kind, name = "frozen", "frozen (library: writes and syncs wait)"
    stops_writes = False

    def numbers(self):
        return {"frozen": 1}


class TmpfsFull(Fault):
    kind, name, place = "full", "full (tmpfs)", places.Tmpfs

    def begin(self):
        self.place.fill()

    def end(self):
        self.place.empty()


class Ext4Fault(Fault):
    """ext4 turns read-only under the server, and has to be mounted again.

    It must not happen in the midst of an fsync: Linux 6.18 can answer 0 to an fsync under way while
    ext4 gives up, and not have the data after the next mount (docs/evidence.md). So the library
    holds the server's calls until it has happened.
    """

    place, heals, uses_library = places.Ext4, False, True

    def break_device(self):
        raise NotImplementedError

    def begin(self):
        self.disk.set(frozen=1)
        deadline = time.monotonic() + 30
        while not self.disk["waiting"]:
            if time.monotonic() > deadline:
                raise AssertionError("the server makes no disk calls")
            time.sleep(0.0005)
        self.break_device()
        self.disk.heal()

    def end(self):
        self.place.mount_again()


class Ext4Readonly(Ext4Fault):
    kind, name = "readonly", "read-only (ext4 aborted)"

    def break_device(self):
        places.run("mount", "-o", "remount,abort", self.place.path)


class Ext4DeviceError(Ext4Fault):
    """The device under ext4 cannot take new blocks: what the kernel has buffered is lost."""

    kind, name = "ioerror", "device errors (ext4 on a full device)"

    def break_device(self):
        self.place.store.fill()

    def end(self):
        self.place.store.empty()
        super().end()


class Ext4Frozen(Fault):
    kind, name, place, stops_writes = "frozen", "frozen (ext4, fsfreeze)", places.Ext4, False

    def begin(self):
        places.run("fsfreeze", "--freeze", self.place.path)

    def end(self):
        places.run("fsfreeze", "--unfreeze", self.place.path)


LIBRARY = (LibraryFull, LibraryReadonly, LibraryWriteError, LibrarySyncError, LibraryAllError,
           LibrarySomeError, LibraryFrozen)
ON_TMPFS = (TmpfsFull,)
ON_EXT4 = (Ext4Readonly, Ext4DeviceError, Ext4Frozen)
