"""The server under torture."""

import os
import signal
import subprocess
import time

from wire import Connection, Lost

START_SECONDS_MAX = 60


class Server:
    """One `limpet serve` over a data folder, killed and started again on the same port."""

    def __init__(self, binary, data, log, port, disk=None):
        self.binary, self.data, self.log, self.port, self.disk = binary, data, log, port, disk
        self.process = None

    def spawn(self):
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith(("AWS_", "LIMPET_"))}
        if self.disk:
            environment |= self.disk.environment
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self.binary, "serve", "--listen", f"127.0.0.1:{self.port}", "--data", self.data,
                 "--auth", "off", "--log-level", "warning"],
                env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log)

    def start(self):
        """Start it; the seconds until /readyz answered. None when it was killed meanwhile."""
        begun = time.monotonic()
        self.spawn()
        while not self._is_ready():
            if self.process.poll() is not None:
                if self.process.returncode == -signal.SIGKILL:
                    return None
                raise AssertionError(f"the server ended with {self.process.returncode} on start: "
                                     + self.words())
            if time.monotonic() - begun > START_SECONDS_MAX:
                raise AssertionError(f"not ready after {START_SECONDS_MAX} s: {self.words()}")
            time.sleep(0.001)
        return time.monotonic() - begun

    def _is_ready(self):
        try:
            with Connection(self.port) as connection:
                return connection.get("/readyz").status == 200
        except Lost:
            return False

    def kill(self):
        """kill -9; harmless when it is dead."""
        self.process.kill()
        self.process.wait()

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def stop(self):
        """Ask it to stop; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def words(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return log.read()[-4000:]
