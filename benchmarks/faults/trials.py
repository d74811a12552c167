"""Which trainings each part of the suite is made of: faults in several strengths, and healthy ones of many kinds.

The parts share neither networks nor images. Rules and thresholds are chosen on the development part; the others are
sealed: they are looked into only when a result is published, and a part that was looked into, and led to changes, is
replaced by the next. The hold-out was, the reserve was, and the spare part's table is published: what comes next needs
a part of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from faults import families, images
from faults.families import FAMILIES, Family
from faults.setup import Setup, Trial
from faults.spare import SPARE
from faults.strengths import DEVELOPMENT, HEALTHY, SCOPES, SEALED, Scope, Strengths

Name = Literal["development", "hold-out", "reserve", "spare"]


@dataclass(frozen=True, kw_only=True)
class Part:
    """Networks, images and strengths that belong together."""

    name: Name
    families: tuple[Family, ...]
    data: tuple[str, ...]
    strengths: dict[str, Strengths]
    seed: int
    rounds: int
    """How many times each healthy kind is trained, on other networks and images."""

    @property
    def sealed(self) -> bool:
        """Whether only totals are shown unless somebody asks for more."""
        return self.name != "development"


PARTS: dict[Name, Part] = {
    "development": Part(
        name="development", families=families.DEVELOPMENT, data=images.DEVELOPMENT, strengths=DEVELOPMENT, seed=0,
        rounds=3,
    ),
    "hold-out": Part(
        name="hold-out", families=families.HOLD_OUT, data=images.HOLD_OUT, strengths=SEALED, seed=10_000, rounds=3,
    ),
    "reserve": Part(
        name="reserve", families=families.RESERVE, data=images.RESERVE, strengths=SEALED, seed=20_000, rounds=3,
    ),
    "spare": Part(
        name="spare", families=families.SPARE, data=images.SPARE, strengths=SPARE, seed=30_000, rounds=3,
    ),
}  # fmt: skip


def faulty(part: Part) -> list[Trial]:
    """Return the trainings with a fault: each fault in at least three strengths, on the networks in turn."""
    return [trial for fault in SCOPES for trial in _of_fault(part, fault)]


def healthy(part: Part) -> list[Trial]:
    """Return the trainings without a fault, each kind several times on other networks and images."""
    data, found = _data(part), list[Trial]()
    for round_ in range(part.rounds):
        for number, (kind, options) in enumerate(HEALTHY.items()):
            family = part.families[(number + round_ * 2 + number // len(part.families)) % len(part.families)]
            chosen = data[(number + round_) % len(data)]
            place = round_ * len(HEALTHY) + number
            setup = Setup(**options, network=family.name, data=chosen, seed=part.seed + place)
            found.append(Trial(name=f"healthy-{place:03d}", setup=setup, kind=kind))
    return found


def tenth(part: Part) -> list[Trial]:
    """Return a fixed part that covers every fault and every healthy kind once; those that take least where it can."""
    faults = {fault: min(_of_fault(part, fault), key=_effort) for fault in SCOPES}
    kinds = {kind: min((one for one in healthy(part) if one.kind == kind), key=_effort) for kind in HEALTHY}
    return [*faults.values(), *kinds.values()]


def _effort(trial: Trial) -> tuple[int, str]:
    return (trial.setup.pretrained + trial.setup.steps) * trial.setup.batch, trial.name


def _of_fault(part: Part, fault: str) -> Iterator[Trial]:
    scope = SCOPES[fault]
    data, place = _data(part), list(SCOPES).index(fault)
    for number, options in enumerate(part.strengths[fault]):
        chosen = _suited(part, "batch-normed" if "pretrained" in options else scope)
        family = chosen[(number + place) % len(chosen)]
        setup: dict[str, Any] = {
            "network": family.name,
            "data": data[(2 * number + place) % len(data)],
            "seed": part.seed + 1000 + number,
        }
        trial = Trial(name=f"{fault}-{number:02d}", setup=Setup(), expected=fault, step=options.get("when", 0))
        if scope in {"layer", "unnormed-layer"} or "log_at" in options:
            yield _at_layer(trial, family, options | setup, family.first[number % 2])
            continue
        where = family.convolutions(options["depth"])[: options["depth"] + 2] if scope == "deep" else ()
        yield replace(
            trial, setup=Setup(**options, **setup), place=where, spread=scope == "deep",
            step=options.get("bad_pixel_step", 0),
        )  # fmt: skip


def _suited(part: Part, scope: Scope) -> list[Family]:
    """Return the networks that a fault is for; what was trained before shows it by its batch norms."""
    return [
        family for family in part.families
        if (scope in {"any", "layer"} or (scope == "batch-normed" and family.batch_normed)
            or (scope in {"unnormed", "unnormed-layer", "deep"} and not family.normed))
    ]  # fmt: skip


def _at_layer(trial: Trial, family: Family, options: dict[str, Any], index: int) -> Trial:
    layers = family.convolutions(0)
    path = layers[index]
    for name in ("log_at", "detached"):
        if name in options:
            options[name] = path
    for name in ("frozen", "unoptimized"):
        if name in options:
            options[name] = (path,)
    if "bias" in options:
        options["where"] = (path,)
    place = (path,)
    if "log_at" in options:
        norm = family.norm_of(path)
        place = tuple(one for one in (path, norm, path.replace("conv", "act"), f"{path}_act") if one)
    return replace(trial, setup=Setup(**options), place=place)


def _data(part: Part) -> tuple[str, ...]:
    return tuple(name for name in part.data if images.available(name))


def named(part: Part, names: set[str]) -> list[Trial]:
    """Return the trainings of these names."""
    known = {trial.name: trial for trial in (*faulty(part), *healthy(part))}
    return [known[name] for name in sorted(names)]


assert set(SCOPES) == set(DEVELOPMENT) == set(SEALED) == set(SPARE)
assert all(name == family.name for name, family in FAMILIES.items())
