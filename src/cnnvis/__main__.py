"""`python -m cnnvis` is `cnnvis`."""

import sys

from cnnvis.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
