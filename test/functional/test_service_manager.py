"""What the server tells systemd, and the unit that runs it."""

import pathlib
import re
import shutil
import signal
import socket
import subprocess

import pytest

from limpet_process import ROOT, LimpetProcess, limpet_binary

UNIT = ROOT / "packaging/systemd/limpet.service"


def heard(listener):
    return listener.recv(4096).decode().splitlines()


@pytest.mark.parametrize("kind", ["path", "abstract"])
def test_ready_reloading_stopping(tmp_path, monkeypatch, kind):
    name = str(tmp_path / "notify") if kind == "path" else f"@limpet-test-{tmp_path.name}-{id(kind)}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.settimeout(60)
        listener.bind(name.replace("@", "\0"))
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        limpet = LimpetProcess(tmp_path)
        limpet.spawn()
        try:
            assert heard(listener) == ["READY=1"]
            assert limpet.is_ready()  # at once: it was not too early
            limpet.process.send_signal(signal.SIGHUP)
            reloading = heard(listener)
            assert reloading[0] == "RELOADING=1"
            assert re.fullmatch(r"MONOTONIC_USEC=\d+", reloading[1])
            assert heard(listener) == ["READY=1"]
            assert limpet.stop() == 0
            assert heard(listener) == ["STOPPING=1"]
        finally:
            if limpet.process.poll() is None:
                limpet.kill()


def test_nobody_listens(tmp_path, monkeypatch):
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    assert LimpetProcess(tmp_path).start().stop() == 0


@pytest.mark.parametrize("option, limit", [([], "0"), (["--core-dumps", "on"], None)])
def test_core_dumps(start_limpet, option, limit):
    """apps/limpet/system_test.cc looks at the other half, which only the process itself sees."""
    limpet = start_limpet(*option)
    limits = pathlib.Path(f"/proc/{limpet.process.pid}/limits").read_text(encoding="ascii")
    mine = pathlib.Path("/proc/self/limits").read_text(encoding="ascii")
    core = re.compile(r"Max core file size +(\S+) +(\S+)")
    wanted = (limit, limit) if limit else core.search(mine).groups()
    assert core.search(limits).groups() == wanted


def systemd_analyze():
    found = shutil.which("systemd-analyze")
    if found is None:
        pytest.skip("systemd-analyze is not installed, and nothing else can read the unit")
    return found


def test_the_unit_is_understood(tmp_path):
    tool = systemd_analyze()
    unit = tmp_path / "limpet.service"
    unit.write_text(UNIT.read_text(encoding="utf-8").replace("/usr/bin/limpet", str(limpet_binary())),
                    encoding="utf-8")
    ended = subprocess.run([tool, "verify", "--man=no", unit], capture_output=True, text=True,
                           timeout=60, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_the_unit_is_sandboxed():
    ended = subprocess.run([systemd_analyze(), "security", "--offline=true", "--threshold=15", UNIT],
                           capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stdout


def test_the_unit_starts_what_exists():
    """Its command line is one that the program takes."""
    text = UNIT.read_text(encoding="utf-8")
    command = re.search(r"^ExecStart=/usr/bin/limpet (.*)$", text, re.MULTILINE).group(1).split()
    assert command[0] == "serve"
    listed = subprocess.run([limpet_binary(), "serve", "--help"], capture_output=True, text=True,
                            check=True).stdout
    for flag in (word for word in command if word.startswith("--")):
        assert flag in listed
