"""The options, and help that a person can use."""

import argparse

import pytest

from cnnvis.cli.parser import Parser, build_parser


def commands() -> dict[str, Parser]:
    for action in build_parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def test_every_option_has_help_and_examples_parse() -> None:
    for name, parser in commands().items():
        for action in parser._actions:
            assert action.help, (name, action.dest)
    for line in (commands()["analyze"].epilog or "").replace("\\\n", " ").splitlines():
        if line.strip().startswith("cnnvis ") and "..." not in line:
            build_parser().parse_args(line.split()[1:])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["analyze"], "error: The following arguments are required: --model, --data. See cnnvis analyze --help."),
        (["analyze", "--model", "m:f", "--data", "d", "--limit", "0"], "error: Argument --limit: '0' is not a whole"),
        (["analyze", "--model", "m:f", "--data", "d", "--mode", "x"], "error: Unrecognized arguments: --mode x."),
        (["open"], "error: The following arguments are required: RUN."),
        (["open", "x", "--port", "high"], "error: Argument --port: 'high' is not a port"),
    ],
)
def test_mistakes_are_one_sentence_and_exit_code_2(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        build_parser().parse_args(words)
    assert caught.value.code == 2
    error = capsys.readouterr().err
    assert error.startswith(message)
    assert error.count("\n") == 1


def test_defaults() -> None:
    options = build_parser().parse_args(["analyze", "--model", "m:f", "--data", "d"])
    assert (options.to, options.top_k, options.batch_size, options.limit, options.preset) == (None, 9, 64, None, "none")
    shown = build_parser().parse_args(["open", "a", "b"])
    assert (shown.host, shown.port, shown.no_browser) == ("127.0.0.1", None, False)
