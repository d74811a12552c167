"""Check that the browser's types are what the Python schema generates now.

The generated file is made again in place and compared with what was there, so the check also works in a tree that git
does not know. After a failure the new file stays: look at it and commit it.
"""

import os
import shutil
import subprocess
import sys

from tools.tracked import ROOT

GENERATED = ROOT / "web" / "src" / "api" / "types.ts"


def main() -> int:
    """Generate the types and compare; 1 when they differ."""
    before = GENERATED.read_text(encoding="utf-8") if GENERATED.is_file() else ""
    # The script asks Python for the schema: the one that runs this check.
    command = [shutil.which("npm") or "npm", "--prefix", "web", "run", "--silent", "types"]
    environment = os.environ | {"PYTHON": sys.executable}
    if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode != 0:
        return 1
    if GENERATED.read_text(encoding="utf-8") != before:
        print(f"{GENERATED.relative_to(ROOT)} was out of date and has been made again (`make types`): commit it.")
        return 1
    print(f"{GENERATED.relative_to(ROOT)} is up to date.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
