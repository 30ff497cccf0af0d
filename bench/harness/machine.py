"""The machine that numbers come from: what it is, and which core does what."""

import contextlib
import os
import pathlib
import platform
import shutil
import subprocess

CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE = CORES[0]
LOAD_CORE = CORES[1] if len(CORES) > 1 else CORES[0]


@contextlib.contextmanager
def pinned(core):
    """What is started inside stays on this core: no `taskset` in between, which would be timed."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def cpu_model():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def file_system(folder):
    words = subprocess.run(["df", "--output=fstype,source", folder], capture_output=True, text=True,
                           check=False).stdout.split()
    return " on ".join(words[-2:]) if len(words) >= 4 else "unknown"


def memory_gib():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def describe(folder):
    return {
        "cpu": cpu_model(),
        "cores": len(CORES),
        "memory_gib": round(memory_gib(), 1),
        "kernel": platform.release(),
        "file_system": file_system(folder),
        "server_core": SERVER_CORE,
        "load_core": LOAD_CORE,
        "load_average_before": os.getloadavg()[0],
        "nginx": shutil.which("nginx") is not None,
    }
