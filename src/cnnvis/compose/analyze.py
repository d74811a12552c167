"""The Python front door of an analysis: a model and data in the caller's hands, a run folder out."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Int

from cnnvis.compose.pipeline import AnalyzeOptions, analyze_source
from cnnvis.observe import Model
from cnnvis.observe.inputs import ClassList, DataOptions, ImageSource, Preprocess, from_dataset
from cnnvis.observe.trace import unwrap
from cnnvis.schema.run import ModelFacts
from cnnvis.store.reader import Run, read_run
from cnnvis.store.writer import PYTHON


def analyze(  # noqa: PLR0913 (the front door: every option a user may want, by keyword)
    model: Model,
    data: object,
    *,
    to: str | Path,
    class_names: Sequence[str] | None = None,
    preprocess: Preprocess | None = None,
    batch_size: int = 64,
    limit: int | None = None,
    name: str | None = None,
    top_k: int = 9,
    device: str | None = None,
    output: str | int | None = None,
    input_name: str | int | None = None,
    class_map: Sequence[int] | Int[np.ndarray, " outputs"] | None = None,
    class_groups: Mapping[str, object] | None = None,
    contributions: bool = True,
    resume: bool = False,
    overwrite: bool = False,
    progress: bool = True,
) -> Run:
    """Analyse a network on a data set and write a run folder that `cnnvis.open` shows.

    The model runs in evaluation mode, without gradients, and is left as it was. After Ctrl-C the run holds what was
    collected so far; ``resume=True`` goes on from there.

    Args:
        model: Any eager `torch.nn.Module`; wrappers by `torch.compile` and `DataParallel` are looked through.
        data: A Dataset, a DataLoader, or (images, labels) arrays; see the how-to on data.
        to: The run folder to write.
        class_names: Names of the classes, by label; the data's own when not given.
        preprocess: What is done to 8-bit images before the model sees them.
        batch_size: Images per forward pass, where the data does not bring its own batches.
        limit: Look at this many images only.
        name: Name of the run; the folder's when not given.
        top_k: Images kept per neuron.
        device: Where to run, for example ``"cuda"``; by default where the model is, else CUDA, else the CPU.
        output: Which entry of a tuple or dict output holds the logits: its key or its place.
        input_name: Which input is the image: a parameter of the network's forward, or, where the data give several
            inputs, the image's key or place among them; by default found by name or shape.
        class_map: Label of each output, -1 for none: aligns 1001 outputs with 1000 labels.
        class_groups: Your hierarchy of the classes: groups by name, each a list of class names and of further groups,
            as in ``{"animals": ["cat", {"birds": ["owl", "wren"]}], "vehicles": ["car"]}``.
        contributions: Whether to run a second pass, with gradients, for what each neuron contributes to each class.
        resume: Go on with an interrupted analysis.
        overwrite: Replace the run that is at ``to``.
        progress: Show progress bars.

    Returns:
        The finished run.

    Raises:
        CnnvisError: The model, the data or the folder is not usable; the message says what to do.

    Example:
        >>> run = cnnvis.analyze(model, test_set, to="runs/resnet20", class_names=names)  # doctest: +SKIP
        >>> cnnvis.open(run)  # doctest: +SKIP

    """
    classes = ClassList(tuple(class_names)) if class_names is not None else None
    image = None if input_name is None else str(input_name)
    options = DataOptions(batch_size=batch_size, limit=limit, classes=classes, image=image)
    source: ImageSource = from_dataset(data, preprocess=preprocess, options=options)
    inner = unwrap(model)
    facts = ModelFacts(
        name=type(inner).__name__,
        source=f"{type(inner).__module__}.{type(inner).__qualname__}",
    )
    path = analyze_source(
        model,
        source,
        to=Path(to),
        model_facts=facts,
        class_names=class_names,
        options=AnalyzeOptions(
            name=name,
            top_k=top_k,
            device=device,
            output=output,
            input_name=image,
            class_map=None if class_map is None else np.asarray(class_map, dtype=np.int64),
            class_groups=class_groups,
            contributions=contributions,
            resume=resume,
            overwrite=overwrite,
            progress=progress,
            speech=PYTHON,
        ),
    )
    return read_run(path)
