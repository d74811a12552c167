"""Looking at runs needs no PyTorch: importing cnnvis, the command line and the server never load it."""

import subprocess
import sys

import pytest

from tools.tracked import project_files

_VIEWING = {"schema", "store", "analysis", "serve", "notebook"}
_FILES = [
    path.relative_to("src") for path in project_files() if path.is_relative_to("src/cnnvis") and path.suffix == ".py"
]
MODULES = [".".join(path.with_suffix("").parts) for path in _FILES if path.parts[1] in _VIEWING]


@pytest.mark.parametrize("modules", [["cnnvis"], ["cnnvis.cli.main"], MODULES], ids=["package", "cli", "viewing"])
def test_importing_loads_no_torch(modules: list[str]) -> None:
    code = f"import sys, {', '.join(modules)}; print(sorted({{'torch', 'torchvision', 'timm'}} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert answer.stdout.strip() == "[]", answer.stderr


def test_help_loads_no_torch() -> None:
    code = (
        "import sys\nfrom cnnvis.cli.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "sys.exit('torch' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    assert "analyze" in answer.stdout
