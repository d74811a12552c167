"""A job's life in a real process: done, refused, broken, cancelled, killed, and started anew."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnnvis.schema.errors import RunError, ServeError
from cnnvis.schema.worker import AblateResult, ConnectResult, JobResult, WorkerState
from cnnvis.serve.worker import BusyError, NotEnabledError, Worker
from tests.serve.worker import helpers
from tests.serve.worker.helpers import fake_worker, finished, job, until


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    made = fake_worker(tmp_path, grace=10.0)
    yield made
    made.close()


def ended(worker: Worker, kind: int, run: str = "run") -> WorkerState:
    worker.ask(run, Path("folder") / run, 7, job(kind))
    return until(lambda: worker.state(run), finished)


def process_of(state: WorkerState) -> int:
    assert isinstance(state.result, AblateResult)
    return state.result.images


def test_one_process_does_one_job_after_the_other_and_remembers_each_runs_latest(worker: Worker) -> None:
    assert worker.state("run") == WorkerState(enabled=True)
    first = worker.ask("run", Path("folder/run"), 7, job(helpers.FINE))
    assert (first.status, first.busy, first.job, first.words) == ("working", True, 1, "starting")
    done = until(lambda: worker.state("run"), finished)
    assert (done.status, done.busy, done.error) == ("done", False, "")
    assert isinstance(done.result, AblateResult)
    assert done.result.drops == (1.5,)
    second = ended(worker, helpers.CHATTY, "other")
    assert second.job == 2
    assert process_of(second) == process_of(done)
    assert worker.state("run") == done


def test_progress_is_told_with_the_run_and_the_step(worker: Worker) -> None:
    worker.ask("run", Path("folder/run"), 7, job(helpers.DEAF))
    state = until(lambda: worker.state("run"), lambda found: found.total == 2)
    assert (state.status, state.done) == ("working", 1)
    assert state.words == f"step 7 of {Path('folder/run').absolute()}"


def test_the_time_left_is_guessed_from_what_was_done(worker: Worker) -> None:
    worker.ask("run", Path("folder/run"), 7, job(helpers.HALF_WAY))
    assert worker.state("run").left is None
    state = until(lambda: worker.state("run"), lambda found: found.left is not None)
    # Thrice as much is left as was done in between one and two seconds.
    assert state.left is not None
    assert 3 <= state.left <= 30
    worker.cancel("run")
    assert until(lambda: worker.state("run"), finished).left is None


def test_a_result_is_kept_and_what_is_shown_is_what_keeping_gives_back(worker: Worker) -> None:
    kept: list[JobResult] = []

    def keep(result: JobResult) -> JobResult:
        kept.append(result)
        return ConnectResult(images=1, pairs=2, seconds=3.0)

    worker.ask("run", Path("folder/run"), 7, job(helpers.FINE), keep=keep)
    done = until(lambda: worker.state("run"), finished)
    assert (done.status, done.result) == ("done", ConnectResult(images=1, pairs=2, seconds=3.0))
    assert len(kept) == 1
    assert isinstance(kept[0], AblateResult)


def test_a_result_that_cannot_be_kept_is_a_sentence(worker: Worker) -> None:
    def refuse(_: JobResult) -> JobResult:
        raise RunError("The disk is full.", "Free some space.")

    worker.ask("run", Path("folder/run"), 7, job(helpers.FINE), keep=refuse)
    done = until(lambda: worker.state("run"), finished)
    assert (done.status, done.error, done.remedy) == ("failed", "The disk is full.", "Free some space.")
    assert ended(worker, helpers.FINE).status == "done"


def test_what_cannot_be_done_is_a_sentence_and_the_process_goes_on(worker: Worker) -> None:
    process = process_of(ended(worker, helpers.FINE))
    refused = ended(worker, helpers.REFUSED)
    assert (refused.status, refused.error, refused.remedy) == ("failed", "The model is wrong.", "Give another.")
    broken = ended(worker, helpers.BROKEN)
    assert broken.error == "The model's or the data's own code failed: ZeroDivisionError: their own code"
    assert process_of(ended(worker, helpers.FINE)) == process


def test_a_dead_process_is_told_with_its_last_words_and_started_anew(worker: Worker) -> None:
    process = process_of(ended(worker, helpers.FINE))
    dead = ended(worker, helpers.DEAD)
    assert dead.status == "failed"
    assert dead.error == "The worker's process ended with exit code 3. Its last words: all is lost"
    assert dead.remedy == "Ask again: it is then started anew."
    assert process_of(ended(worker, helpers.FINE)) != process


def test_a_process_that_was_killed_is_told_too(worker: Worker) -> None:
    process = process_of(ended(worker, helpers.FINE))
    worker.ask("run", Path("run"), 0, job(helpers.DEAF))
    os.kill(process, signal.SIGKILL)
    dead = until(lambda: worker.state("run"), finished)
    assert dead.error == "The worker's process was ended by signal 9 (perhaps memory ran out)."
    process = process_of(ended(worker, helpers.FINE))
    os.kill(process, signal.SIGKILL)  # between two jobs nobody needs to hear of it
    with pytest.raises(ProcessLookupError):
        while True:
            os.kill(process, 0)
            time.sleep(0.02)
    assert ended(worker, helpers.FINE).status == "done"


def test_one_thing_at_a_time_and_cancelling_ends_it(worker: Worker) -> None:
    process = process_of(ended(worker, helpers.FINE))
    worker.ask("run", Path("run"), 0, job(helpers.LONG))
    until(lambda: worker.state("run"), lambda found: found.words == "going on")
    with pytest.raises(BusyError, match="The worker is busy"):
        worker.ask("other", Path("other"), 0, job(helpers.FINE))
    assert worker.cancel("other").status == "idle"
    assert worker.state("run").status == "working"
    assert worker.cancel("run").words == "being cancelled"
    assert until(lambda: worker.state("run"), finished).status == "cancelled"
    assert worker.cancel("run").status == "cancelled"
    assert process_of(ended(worker, helpers.FINE)) == process


def test_a_job_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    worker = fake_worker(tmp_path, grace=0.2)
    process = process_of(ended(worker, helpers.FINE))
    worker.ask("run", Path("run"), 0, job(helpers.DEAF))
    until(lambda: worker.state("run"), lambda found: found.total == 2)
    worker.cancel("run")
    assert until(lambda: worker.state("run"), finished).status == "cancelled"
    assert process_of(ended(worker, helpers.FINE)) != process
    worker.close()


def test_closing_ends_the_process_in_the_middle_of_a_job(tmp_path: Path) -> None:
    worker = fake_worker(tmp_path)
    process = process_of(ended(worker, helpers.FINE))
    worker.ask("run", Path("run"), 0, job(helpers.DEAF))
    worker.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    assert worker.state("run").status == "cancelled"
    with pytest.raises(NotEnabledError):
        worker.ask("run", Path("run"), 0, job(helpers.FINE))


def test_output_that_is_no_report_ends_the_process(tmp_path: Path) -> None:
    (tmp_path / "noise.py").write_text("print('hello', flush=True); input(); input()")
    worker = Worker([sys.executable, str(tmp_path / "noise.py")])
    state = ended(worker, helpers.FINE)
    assert state.error == "The worker's process was ended by signal 9 (perhaps memory ran out). Its last words: hello"
    worker.close()


def test_without_a_command_there_is_no_worker_and_a_wrong_one_is_a_sentence() -> None:
    closed = Worker(None)
    assert closed.state("run") == WorkerState(enabled=False)
    with pytest.raises(NotEnabledError):
        closed.ask("run", Path("run"), 0, job(helpers.FINE))
    with pytest.raises(ServeError, match="cannot be started: No such file"):
        Worker(["/no/such/program"]).ask("run", Path("run"), 0, job(helpers.FINE))


def test_the_process_ends_with_a_server_that_was_killed(tmp_path: Path) -> None:
    fake_worker(tmp_path)
    server = tmp_path / "server.py"
    server.write_text(
        "import os, signal, sys, time\n"
        "from pathlib import Path\n"
        "from cnnvis.schema.worker import AblateJob, ClusterNeurons\n"
        "from cnnvis.serve.worker import Worker\n"
        f"worker = Worker([sys.executable, {str(tmp_path / 'fake_worker.py')!r}])\n"
        f"job = AblateJob(removed=ClusterNeurons('relu', (0,)), images={helpers.DEAF})\n"
        "worker.ask('run', Path('run'), 0, job)\n"
        "while not worker.state('run').total: time.sleep(0.02)\n"
        "print(worker._process.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    answer = subprocess.run([sys.executable, str(server)], capture_output=True, text=True, check=False, timeout=60)
    process = int(answer.stdout)
    end = time.monotonic() + 30
    while _alive(process):
        assert time.monotonic() < end
        time.sleep(0.02)


def _alive(process: int) -> bool:
    """Whether a process runs; one that has ended may wait for somebody to take note."""
    try:
        os.kill(process, 0)
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"
