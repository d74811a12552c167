"""PyTorch comes in the build that fits the machine, in the order of attempts that tools/install_torch.py states."""

import pytest

from tools import install_torch
from tools.tracked import ROOT


@pytest.mark.parametrize(
    ("platform", "has_gpu", "cpu"),
    [("linux", False, True), ("linux", True, False), ("darwin", False, False), ("win32", False, False)],
)
def test_only_linux_without_gpu_needs_the_cpu_build(platform: str, has_gpu: bool, cpu: bool) -> None:
    assert install_torch.wants_cpu_build(platform, has_gpu=has_gpu) is cpu


def test_the_version_is_the_one_in_the_constraints() -> None:
    constraints = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert f"torch=={install_torch.pinned_version(constraints)}\n" in constraints


def test_constraints_without_torch_are_refused_with_a_sentence() -> None:
    with pytest.raises(SystemExit, match="add a line torch=="):
        install_torch.pinned_version("numpy==1.0\n")


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What would be run on a Linux machine without GPU and without PyTorch, where every install fails."""
    ran: list[list[str]] = []

    def fail(command: list[str], *, quiet: bool = False) -> bool:
        del quiet
        ran.append(command)
        return False

    monkeypatch.setattr(install_torch, "succeeds", fail)
    monkeypatch.setattr(install_torch.sys, "platform", "linux")
    monkeypatch.setattr(install_torch, "has_nvidia_gpu", lambda: False)
    monkeypatch.setattr(install_torch.importlib.util, "find_spec", lambda _name: None)
    return ran


def test_without_gpu_the_large_build_is_the_last_resort_and_is_announced(
    commands: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert install_torch.main() == 1
    assert [command[-1].endswith("+cpu") for command in commands] == [True, False, False]
    assert commands[1][-1] == "uv"
    assert commands[2][-1] == "torch"
    assert "several GB" in capsys.readouterr().out


def test_uv_is_asked_for_the_cpu_build(commands: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    def uv_works(command: list[str], *, quiet: bool = False) -> bool:
        del quiet
        commands.append(command)
        return "uv" in command

    monkeypatch.setattr(install_torch, "succeeds", uv_works)
    assert install_torch.main() == 0
    assert "--torch-backend=cpu" in commands[-1]


def test_a_pytorch_that_is_there_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install_torch.importlib.util, "find_spec", lambda _name: object())
    monkeypatch.setattr(install_torch, "succeeds", lambda *_, **__: pytest.fail("nothing should run"))
    assert install_torch.main() == 0
