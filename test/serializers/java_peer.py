"""A Java program of ours as a child process: JSON lines in and out."""

import json
import os
import subprocess

OPTIONS = ["-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]


class Refused(Exception):
    """The peer's exception: its message and those of its causes, outermost first, and the rest of
    what the peer says of it."""

    def __init__(self, errors, **more):
        super().__init__("\n".join(errors))
        self.messages = errors
        self.more = more


class JavaPeer:
    """$SERIALIZER_CLASSPATH holds the jars and the compiled peers; ./run sets it."""

    def __init__(self, main_class, log):
        self._main_class, self._log = main_class, log

    def __enter__(self):
        env = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen(
                ["java", *OPTIONS, "-cp", env["SERIALIZER_CLASSPATH"], self._main_class],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=env,
                encoding="utf-8")
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        try:
            status = self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise
        finally:
            self._process.stdout.close()
        assert status == 0, self._log.read_text()

    def ask(self, **question):
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"the Java process ended: {self._log.read_text()}"
        answer = json.loads(line)
        if not answer.pop("ok"):
            raise Refused(**answer)
        return answer
