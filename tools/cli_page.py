"""Write the reference page of the command line from the parser itself: `make types`."""

# argparse has no public way to read a parser.
# pyright: reportPrivateUsage=false

import argparse
import sys
from collections.abc import Iterator

from cnnvis.cli.main import build_parser
from tools.tracked import ROOT

PAGE = ROOT / "docs" / "reference" / "command-line.md"

_HEAD = """# Command line

<!-- Made from the parser by `make types`; do not edit. -->

Exit codes are the same everywhere, and do not change: 0 done, 1 something was found that was asked for
(`check --fail-on`), 2 a mistake that you can mend (see [Errors](errors.md)), 130 stopped by `Ctrl-C`. Results go to the
standard output; progress, warnings and errors to the standard error.
"""


def commands(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str, argparse.ArgumentParser]]:
    """Yield (name, summary, parser) of each subcommand, in the order in which help lists them."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            # An alias stands behind its name: "analyze (analyse)".
            summaries = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for name, summary in summaries.items():
                yield name.partition(" ")[0], summary, action.choices[name.partition(" ")[0]]


def rows(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Yield a table row per argument; a heading row before each named group of options."""
    for group in parser._action_groups:
        shown = [action for action in group._group_actions if _is_shown(action)]
        if shown and group.title not in (None, "positional arguments", "options"):
            yield f"| **{group.title}** | {_cell(group.description or '')} |"
        for action in shown:
            yield f"| {_spelling(action)} | {_meaning(action)} |"


def _is_shown(action: argparse.Action) -> bool:
    hidden = argparse._SubParsersAction | argparse._HelpAction
    return action.help != argparse.SUPPRESS and not isinstance(action, hidden)


def _spelling(action: argparse.Action) -> str:
    value = "" if action.nargs == 0 else str(action.metavar or action.dest.upper())
    if action.choices is not None:
        value = "|".join(str(choice) for choice in action.choices)
    return ", ".join(f"`{f'{name} {value}'.strip()}`" for name in action.option_strings) or f"`{value}`"


def _meaning(action: argparse.Action) -> str:
    return _cell((action.help or "") % {"default": action.default, "prog": "cnnvis"})


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").replace("<", "&lt;").split())


def fenced(text: str) -> str:
    """Return text as it stands, line by line."""
    return f"```text\n{text.strip()}\n```"


def section(title: str, summary: str, parser: argparse.ArgumentParser) -> str:
    """Return the part of the page about one command."""
    description = parser.description or summary
    text = fenced(description) if "\n  " in description else " ".join(description.split())
    lines = [f"## {title}", "", text, "", "| argument | meaning |", "|---|---|", *rows(parser), ""]
    if parser.epilog:
        lines += [fenced(parser.epilog), ""]
    return "\n".join(lines)


def page() -> str:
    """Return the page as it should be now."""
    parser = build_parser()
    parts = [_HEAD, section("cnnvis", "", parser)]
    parts += [section(f"cnnvis {name}", summary, command) for name, summary, command in commands(parser)]
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)} written\n")
