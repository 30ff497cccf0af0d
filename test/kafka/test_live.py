"""kafka_live_test, the kafka room's own tests on real brokers."""

import os
import shlex
import subprocess


def test_on_real_brokers(binaries, broker, login_broker, msk_broker, authority):
    restart = " && ".join(shlex.join(broker.command(word)) for word in ("stop", "start"))
    environment = {**os.environ,
                   "LIMPET_KAFKA": broker.address,
                   "LIMPET_KAFKA_LOGIN": login_broker.login_address,
                   "LIMPET_KAFKA_CA": str(authority.certificate),
                   "LIMPET_KAFKA_MSK": msk_broker.login_address,
                   "LIMPET_KAFKA_RESTART": restart}
    arguments = shlex.split(os.environ.get("KAFKA_LIVE_TEST_ARGUMENTS", ""))
    run = subprocess.run([binaries / "kafka_live_test", "--gtest_brief=1", *arguments],
                         env=environment, timeout=900, check=False, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-4000:]
    assert "PASSED" in run.stdout
