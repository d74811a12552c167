"""Texts of the command line turned into numbers, sizes and pairs."""

import argparse
import ast
import re

Size = int | tuple[int, int]


def positive(text: str) -> int:
    """Read a whole number above 0."""
    if not text.isdecimal() or int(text) < 1:
        message = f"{text!r} is not a whole number above 0"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def count(text: str) -> int:
    """Read a whole number, 0 or more."""
    if not text.isdecimal():
        message = f"{text!r} is not a whole number, 0 or more"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def port(text: str) -> int:
    """Read a port number."""
    if not text.isdecimal() or int(text) > 65535:
        message = f"{text!r} is not a port between 0 and 65535"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def size(text: str) -> Size:
    """Read `224` or `224x320` (height x width)."""
    parts = re.fullmatch(r"(\d+)(?:x(\d+))?", text)
    if parts is None:
        message = f"{text!r} is not a size like 224 or 224x320 (height x width)"
        raise argparse.ArgumentTypeError(message)
    return int(parts[1]) if parts[2] is None else (int(parts[1]), int(parts[2]))


def shape(text: str) -> tuple[int, int, int]:
    """Read `3x224x224` (channels x height x width)."""
    parts = re.fullmatch(r"(\d+)x(\d+)x(\d+)", text)
    if parts is None:
        message = f"{text!r} is not a shape like 3x224x224 (channels x height x width)"
        raise argparse.ArgumentTypeError(message)
    return int(parts[1]), int(parts[2]), int(parts[3])


def numbers(text: str) -> tuple[float, ...]:
    """Read `0.5` or `0.485,0.456,0.406`."""
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        message = f"{text!r} is not one number or several with commas, like 0.485,0.456,0.406"
        raise argparse.ArgumentTypeError(message) from None


def channels(text: str) -> tuple[int, ...]:
    """Read one or three channel numbers, such as `3,2,1`."""
    parts = text.split(",")
    if len(parts) not in (1, 3) or not all(part.isdecimal() for part in parts):
        message = f"{text!r} is not one or three channel numbers, like 3,2,1 (the first channel is 0)"
        raise argparse.ArgumentTypeError(message)
    return tuple(int(part) for part in parts)


def scale(text: str) -> str:
    """Read a range of values, with the short forms 1, 255 and signed."""
    ranges = {"1": "0-1", "255": "0-255", "signed": "-1-1"}
    chosen = ranges.get(text, text)
    if chosen not in ranges.values():
        message = f"{text!r} is not one of 0-1, 0-255 and -1-1"
        raise argparse.ArgumentTypeError(message)
    return chosen


def assignment(text: str) -> tuple[str, object]:
    """Read `name=value`; a value that is a Python number, list, True, False or None becomes that, others stay text."""
    name, mark, value = text.partition("=")
    if not mark or not name.isidentifier():
        message = f"{text!r} is not of the form name=value"
        raise argparse.ArgumentTypeError(message)
    try:
        return name, ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return name, value


def join_signed(arguments: list[str]) -> list[str]:
    """Join an option with a value that begins with a minus sign and a digit, which argparse takes for an option."""
    joined: list[str] = []
    for argument in arguments:
        follows = joined and joined[-1].startswith("--") and "=" not in joined[-1]
        if follows and re.match(r"-[\d.]", argument):
            joined[-1] += f"={argument}"
        else:
            joined.append(argument)
    return joined
