"""What all tests share: where the shared data lies, what a test may not do, and which tests this machine can run.

Nothing of cnnvis is imported here: shapes are checked only in modules that are imported after pytest has started.
"""

import ipaddress
import os
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, settings

from tests.outside import TorchvisionMissingError, import_file, import_torchvision, shared_data_folder

# Before numpy and torch: test processes run side by side, so each keeps to one thread (and sums in one order).
for _name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_SLOW_TIMEOUT = 900
_started = pytest.StashKey[float]()

settings.register_profile("dev", deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("dev"), derandomize=True, max_examples=60, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--slow-seconds", type=float, default=0.0, help="start no slow test after this many seconds (0: no limit)"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_started] = time.monotonic()


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes after their parameter: as text they cannot be read, and packed ones hold the time of day."""
    return argname if isinstance(val, bytes) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what this machine cannot run, with the reason; give slow tests more time before they count as stuck.

    Tests with a browser come last: from the first of them on, Playwright keeps an event loop running in the process,
    and no other test could start one.
    """
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
    missing = {
        "gpu": None if shutil.which("nvidia-smi") else "no NVIDIA GPU here",
        "browser": None if find_chromium() else "no Chromium here (Debian: apt install chromium)",
    }
    for item in items:
        if item.get_closest_marker("slow") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(_SLOW_TIMEOUT))
        for mark, reason in missing.items():
            if reason is not None and item.get_closest_marker(mark) is not None:
                item.add_marker(pytest.mark.skip(reason=reason))


def pytest_runtest_setup(item: pytest.Item) -> None:
    limit = item.config.getoption("--slow-seconds")
    if limit and item.get_closest_marker("slow") and time.monotonic() - item.config.stash[_started] > limit:
        pytest.skip(f"the {limit:.0f} seconds for slow tests are used up")


def find_chromium() -> str | None:
    """Return the browser's program: CNNVIS_CHROMIUM, or the first known name on the PATH."""
    given = os.environ.get("CNNVIS_CHROMIUM")
    return given or next((path for name in _CHROMIUM if (path := shutil.which(name)) is not None), None)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the browser's program; skips without one."""
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium here (Debian: apt install chromium)")
    return path


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder with real images and trained networks, which is not part of the repository; skips without it."""
    folder = shared_data_folder()
    if not (folder / "networks.py").is_file():
        pytest.skip("no shared test data here (set CNNVIS_TEST_DATA, or put it into ../shared/data)")
    return folder


@pytest.fixture(scope="session")
def shared_networks(shared_data: Path) -> ModuleType:
    """The module that defines the shared networks, importable as ``networks`` from then on."""
    return import_file("networks", shared_data / "networks.py")


@pytest.fixture(scope="session")
def torchvision_or_skip() -> ModuleType:
    """The torchvision package, through the shim beside the shared data where the plain import fails; skips else."""
    try:
        return import_torchvision()
    except TorchvisionMissingError as error:
        pytest.skip(str(error))


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Let no test reach beyond this machine."""
    connect = socket.socket.connect

    def local_only(self: socket.socket, address: object) -> None:
        if self.family != getattr(socket, "AF_UNIX", None) and not _is_local(address):
            message = f"A test tried to reach {address!r}: tests run without a network."
            raise RuntimeError(message)
        connect(self, address)  # pyright: ignore[reportArgumentType]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", local_only)
        yield


def _is_local(address: object) -> bool:
    host = str(address[0]) if isinstance(address, tuple) and address else ""
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost"
