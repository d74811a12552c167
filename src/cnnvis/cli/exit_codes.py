"""How a command ends, for scripts: the same few numbers in every command, said in its help. Imports nothing heavy."""

OK = 0
FOUND = 1
FAILED = 2
INTERRUPTED = 130
PIPE_CLOSED = 141
"""The reader has left, as in ``cnnvis query RUN neurons | head``."""

_MISTAKE = "2 a mistake that you can mend"
MEANINGS: dict[str, str] = {
    "analyze": f"0 done, {_MISTAKE},\n130 stopped by Ctrl-C (what was seen is kept).",
    "open": f"0 ended by Ctrl-C, {_MISTAKE}.",
    "check": f"0 judged, 1 a finding as bad as --fail-on says or worse,\n{_MISTAKE}, 130 stopped by Ctrl-C.",
    "snapshot": f"0 taken, {_MISTAKE},\n130 stopped by Ctrl-C.",
    "import-tensorboard": f"0 done, {_MISTAKE},\n130 stopped by Ctrl-C.",
    "replay": f"0 done, {_MISTAKE},\n130 stopped by Ctrl-C (what was gone through is kept).",
    "demo": f"0 ended by Ctrl-C, or done with --no-open, {_MISTAKE},\n130 stopped by Ctrl-C while training.",
    "edit": f"0 done, {_MISTAKE}, 130 stopped by Ctrl-C.",
    "query": f"0 done, {_MISTAKE}, 130 stopped by Ctrl-C,\n141 the reader left, as `head` does.",
    "export": f"0 done, {_MISTAKE}, 130 stopped by Ctrl-C\n(the report that was there is unchanged then).",
}
"""What each command's exit codes mean, as its help says it."""
