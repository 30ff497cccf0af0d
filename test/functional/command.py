"""The limpet program's commands: on files, and against a server."""

import json
import os
import subprocess

from glue_calls import fresh_region
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


class Cli:
    """limpet, run with one server's address and keys in the environment."""

    def __init__(self, server, home, **environment):
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(home),
                            "AWS_ENDPOINT_URL_GLUE": server.endpoint,
                            "AWS_REGION": fresh_region(),
                            "AWS_ACCESS_KEY_ID": server.access_key,
                            "AWS_SECRET_ACCESS_KEY": server.secret_key, **environment}

    def run(self, *words, status=0, stdin=""):
        """What it printed, after checking how it ended."""
        done = subprocess.run([limpet_binary(), *words], env=self.environment, input=stdin,
                              capture_output=True, text=True, timeout=60)
        assert done.returncode == status, (words, done.stdout, done.stderr)
        return done

    def text(self, *words, **expected):
        return self.run(*words, **expected).stdout

    def json(self, *words, **expected):
        return json.loads(self.text(*words, "--output", "json", **expected))

    def refused(self, *words, status=1, stdin=""):
        done = self.run(*words, status=status, stdin=stdin)
        assert done.stdout == ""
        return done.stderr
