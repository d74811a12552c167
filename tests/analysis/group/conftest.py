"""Layer graphs built by hand, layer by layer, with the fields that grouping reads."""

from dataclasses import dataclass, field
from fractions import Fraction

import pytest

from cnnvis.schema.graph import Edge, FieldAxis, Layer, LayerGraph, LayerKind, ReceptiveField, Unit, UnitRole


@dataclass
class Builder:
    """Append layers to a network and get its graph."""

    size: int = 32
    layers: dict[str, Layer] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.add("input", "", (), op="input", kind="input", stride=1)

    def add(
        self,
        identity: str,
        path: str,
        sources: tuple[str, ...],
        *,
        op: str,
        kind: LayerKind,
        stride: Fraction | float | None,
        shown: bool = True,
    ) -> str:
        """Append any layer; ``stride`` None means a vector, ``shown`` False hides the stride in the field."""
        step = None if stride is None else Fraction(stride)
        extent = () if step is None else (int(self.size / step),) * 2
        axis = None if step is None or not shown else FieldAxis((0, 1), (1, 1), (step.numerator, step.denominator))
        self.layers[identity] = Layer(
            id=identity,
            path=path,
            op=op,
            kind=kind,
            event=identity,
            shape=(8, *extent),
            channel_axis=0,
            spatial_axes=() if step is None else (1, 2),
            field=ReceptiveField("whole input") if axis is None else ReceptiveField("exact", axis, axis),
        )
        self.edges += [Edge(source, identity, self.layers[source].shape) for source in sources]
        return identity

    def unit(
        self,
        path: str,
        source: str,
        *,
        stride: Fraction | float | None,
        role: UnitRole = "conv",
        activation: str | None = "relu",
        shown: bool = True,
        call: int = 1,
    ) -> str:
        """Append a convolution or linear layer and its activation, and return the id of the unit."""
        suffix = f"#{call}" if call > 1 else ""
        kind: LayerKind = "linear" if role == "linear" else "conv"
        first = self.add(path + suffix, path, (source,), op=kind, kind=kind, stride=stride, shown=shown)
        last = first
        if activation is not None:
            module = path.rpartition(".")[0]
            identity = f"{path}.relu{suffix}"
            last = self.add(identity, module, (first,), op=activation, kind="activation", stride=stride, shown=shown)
        self.units.append(
            Unit(
                id=last,
                before=first,
                members=tuple(dict.fromkeys((first, last))),
                role=role,
                activation=activation,
                neurons=8,
            )
        )
        return last

    def merge(
        self,
        path: str,
        sources: tuple[str, ...],
        *,
        stride: Fraction | float | None,
        op: str = "add",
        relu: bool = True,
        shown: bool = True,
    ) -> str:
        """Append a merge run by module ``path``, with an activation that makes it a unit."""
        number = sum(layer.path == path and layer.op == op for layer in self.layers.values()) + 1
        joined = self.add(f"{path}/{op}#{number}", path, sources, op=op, kind="merge", stride=stride, shown=shown)
        if not relu:
            return joined
        last = self.add(
            f"{path}/relu#{number}", path, (joined,), op="relu", kind="activation", stride=stride, shown=shown
        )
        self.units.append(Unit(id=last, before=joined, members=(last,), role="merge", activation="relu", neurons=8))
        return last

    def pool(self, path: str, source: str, *, stride: Fraction | float | None) -> str:
        """Append a pooling layer (``stride`` None: global)."""
        return self.add(path, path, (source,), op="max_pool2d", kind="pool", stride=stride)

    def graph(self, output: str | None) -> LayerGraph:
        """Return what was built."""
        return LayerGraph(
            layers=tuple(self.layers.values()), edges=tuple(self.edges), units=tuple(self.units), output=output
        )


@pytest.fixture
def builder() -> Builder:
    """Return an empty network on 32 x 32 images."""
    return Builder()
