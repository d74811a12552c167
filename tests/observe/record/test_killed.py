"""A training that is killed leaves a run that opens, with all but the last moments in it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from cnnvis.store.layout import SERIES, SERIES_FILE
from tests.observe.record.helpers import recorded
from tests.outside import ROOT

_PROGRAM = """
import sys
from pathlib import Path
from tests.observe.record.helpers import built, recorder, sgd, train
model = built()
optimizers = sgd(model)
with recorder(model, optimizers, Path(sys.argv[1]), snapshots=range(0, 10**6, 5)) as rec:
    while True:
        train(model, optimizers, rec, steps=5)
"""


def test_a_killed_training_opens(tmp_path: Path) -> None:
    series = tmp_path / "run" / SERIES / SERIES_FILE
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    process = subprocess.Popen([sys.executable, "-c", _PROGRAM, str(tmp_path / "run")], env=environment, cwd=ROOT)
    try:
        deadline = time.monotonic() + 100
        while not (series.is_file() and series.stat().st_size > 20_000):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    run, found = recorded(tmp_path / "run")
    assert not found.complete
    assert len(found.run["loss"].steps) > 5
    assert run.steps[0] == 0
    assert run.statistics.units
    assert not [event for event in found.events if event.name == "warning"]
