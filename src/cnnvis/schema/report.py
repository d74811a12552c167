"""A report: what the server would answer about one run, kept in one file or one folder for the page to read."""

from typing import Annotated

from msgspec import Meta, Struct

from cnnvis.schema.scene import RunEntry

REPORT_VERSION = 1


class Pack(Struct, frozen=True, kw_only=True):
    """Some answers that are stored together."""

    addresses: Annotated[
        tuple[str, ...],
        Meta(description="What they answer: the path below api/, and the parameters, neither of them escaped."),
    ]
    media_type: Annotated[str, Meta(description="Of the one answer; application/json: a gzipped list of answers.")]
    data: Annotated[str, Meta(description="Base64; empty where it is a file.")] = ""
    file: Annotated[str, Meta(description="Path beside the page; empty where the data is here.")] = ""


class Report(Struct, frozen=True, kw_only=True):
    """What a report holds, and what it leaves out."""

    version: int = REPORT_VERSION
    run: RunEntry
    packs: tuple[Pack, ...]
    left_out: Annotated[tuple[str, ...], Meta(description="Sentences; empty when nothing is left out.")] = ()
