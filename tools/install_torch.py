"""Put PyTorch into this environment, in the build that fits the machine.

On Linux the ordinary PyTorch brings several gigabytes of CUDA libraries. On a machine without an NVIDIA GPU they are
dead weight, so the CPU build is looked for first: in the places that pip is configured for, then through uv, which
knows where PyTorch keeps its CPU builds.
"""

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

CONSTRAINTS = Path(__file__).resolve().parent.parent / "constraints.txt"
PIP = [sys.executable, "-m", "pip"]


def pinned_version(constraints: str) -> str:
    """Return the version of torch that a constraints file names."""
    found = re.search(r"^torch==([\w.]+)", constraints, re.MULTILINE)
    if found is None:
        raise SystemExit(f"{CONSTRAINTS.name} names no version of torch: add a line torch==X.Y.Z.")
    return found.group(1)


def wants_cpu_build(platform: str, *, has_gpu: bool) -> bool:
    """Tell whether the ordinary PyTorch of this platform would bring CUDA that nothing here can use."""
    return platform.startswith("linux") and not has_gpu


def has_nvidia_gpu() -> bool:
    """Tell whether the NVIDIA driver lists a GPU."""
    program = shutil.which("nvidia-smi")
    return program is not None and succeeds([program, "--list-gpus"], quiet=True)


def succeeds(command: list[str], *, quiet: bool = False) -> bool:
    """Run a command and tell whether it ended well."""
    output = subprocess.DEVNULL if quiet else None
    return subprocess.run(command, stdout=output, stderr=output, check=False).returncode == 0


def install_cpu_build(version: str) -> bool:
    """Install the CPU build from where pip looks, else through uv; tell whether it worked."""
    if succeeds([*PIP, "install", "-qq", f"torch=={version}+cpu"], quiet=True):
        return True
    print("pip knows no CPU build of PyTorch; asking uv, which knows where they are kept.", flush=True)
    uv = [sys.executable, "-m", "uv", "pip", "install", "--python", sys.executable, "--torch-backend=cpu"]
    return succeeds([*PIP, "install", "-qq", "uv"]) and succeeds([*uv, f"torch=={version}"])


def main() -> int:
    """Install PyTorch unless it is there; the exit code of pip."""
    if importlib.util.find_spec("torch") is not None:
        return 0
    version = pinned_version(CONSTRAINTS.read_text(encoding="utf-8"))
    if wants_cpu_build(sys.platform, has_gpu=has_nvidia_gpu()):
        print(f"Installing PyTorch {version} (CPU build: no NVIDIA GPU found).", flush=True)
        if install_cpu_build(version):
            return 0
        print("No CPU build of PyTorch could be reached: taking the ordinary one, several GB with its CUDA libraries.")
    print(f"Installing PyTorch {version}.", flush=True)
    return 0 if succeeds([*PIP, "install", "-q", "--constraint", str(CONSTRAINTS), "torch"]) else 1


if __name__ == "__main__":
    sys.exit(main())
