"""The recorder with what the analyses know: a snapshot holds the connections between columns, and more at the end."""

from typing import final

import msgspec

from cnnvis.analysis.group import group_layers
from cnnvis.compose.connecting import connect_by_weight
from cnnvis.compose.further import Further, look_further
from cnnvis.observe import record
from cnnvis.observe.record.companion import Subject
from cnnvis.store.recording import Snapshot

MAPS, CONTRIBUTIONS = 2.0, 10.0
"""How many times as long as the pass over the probe images these take, about (ResNet-20: 1.2 and 7)."""


def look_closer(subject: Subject, snapshot: Snapshot) -> Snapshot:
    """Add connections by weight to a snapshot; where time is left, activation maps, and contributions as well."""
    first = next(iter(subject.source.batches()))
    grouping = group_layers(subject.graph)
    by_weight = connect_by_weight(subject.model, first, subject.graph, grouping, snapshot.statistics)
    further = Further()
    passes = subject.seconds / max(snapshot.facts.seconds, 1e-6)
    if passes > MAPS:
        further = look_further(
            subject.model,
            subject.source,
            subject.graph,
            collected=subject.collected,
            options=subject.options,
            contributions=passes > MAPS + CONTRIBUTIONS,
        )
    warnings = (*snapshot.facts.warnings, *by_weight.warnings, *further.warnings)
    return Snapshot(
        facts=msgspec.structs.replace(snapshot.facts, warnings=tuple(dict.fromkeys(warnings))),
        statistics=snapshot.statistics,
        connections=by_weight.connections,
        contributions=further.contributions,
        maps=further.maps,
    )


@final
class Recorder(record.Recorder):  # noqa: D101 - what it does is said where it is done
    __doc__ = record.Recorder.__doc__
    companion = staticmethod(look_closer)
