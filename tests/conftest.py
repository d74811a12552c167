"""What all tests share: where the shared data lies, what a test may not do, and which tests this machine can run.

Nothing of cnnvis is imported here: shapes are checked only in modules that are imported after pytest has started.
"""

import importlib
import importlib.util
import ipaddress
import os
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, settings

# Before numpy and torch: test processes run side by side, so each keeps to one thread (and sums in one order).
for _name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

ROOT = Path(__file__).resolve().parent.parent
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_SLOW_TIMEOUT = 900
_kept_alive: list[object] = []
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
    """Skip what this machine cannot run, with the reason; give slow tests more time before they count as stuck."""
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
    folder = Path(os.environ.get("CNNVIS_TEST_DATA") or ROOT.parent / "shared" / "data")
    if not (folder / "networks.py").is_file():
        pytest.skip("no shared test data here (set CNNVIS_TEST_DATA, or put it into ../shared/data)")
    return folder


@pytest.fixture(scope="session")
def shared_networks(shared_data: Path) -> ModuleType:
    """The module that defines the shared networks, importable as ``networks`` from then on."""
    return _import_file("networks", shared_data / "networks.py")


@pytest.fixture(scope="session")
def torchvision_or_skip() -> ModuleType:
    """The torchvision package, through the shim beside the shared data where the plain import fails; skips else."""
    if importlib.util.find_spec("torchvision") is None:
        pytest.skip("torchvision is not installed (make test-slow installs it)")
    try:
        return importlib.import_module("torchvision")
    except RuntimeError:  # its compiled part does not load on a CPU-only PyTorch
        folder = Path(os.environ.get("CNNVIS_TEST_DATA") or ROOT.parent / "shared" / "data")
        shim = folder.parent / "torchvision_shim.py"
        if not shim.is_file():
            pytest.skip("torchvision does not import on this CPU-only PyTorch, and torchvision_shim.py is not here")
        _kept_alive.append(_import_file("torchvision_shim", shim).install())
        return importlib.import_module("torchvision")


def _import_file(name: str, path: Path) -> ModuleType:
    if name not in sys.modules:
        specification = importlib.util.spec_from_file_location(name, path)
        if specification is None or specification.loader is None:
            raise ImportError(path)
        module = importlib.util.module_from_spec(specification)
        sys.modules[name] = module
        specification.loader.exec_module(module)
    return sys.modules[name]


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
