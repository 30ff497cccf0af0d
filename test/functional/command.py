"""The limpet program's commands that work on files."""

import json
import os
import subprocess

from limpet_process import limpet_binary


def limpet(*arguments, seconds=300):
    """Run a command to its end: (exit status, standard output, standard error)."""
    env = {name: value for name, value in os.environ.items()
           if not name.startswith(("AWS_", "LIMPET_"))}
    done = subprocess.run([limpet_binary(), *map(str, arguments)], env=env, text=True,
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds)
    return done.returncode, done.stdout, done.stderr


def check(target, *, status):
    """`limpet check` of a folder or a file must end with `status`; its report."""
    where = ("--data", target) if target.is_dir() else (target,)
    code, out, err = limpet("check", *where, "--output", "json")
    assert code == status, out + err
    return json.loads(out)


def assert_sound(target):
    report = check(target, status=0)
    assert report["Sound"] and report["Complete"] and report["Problems"] == [], report
    return report
