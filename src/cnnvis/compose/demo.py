"""The demo for real: train the small network on handwritten digits, then analyse it."""

from pathlib import Path

from cnnvis.compose.pipeline import AnalyzeOptions, analyze_source
from cnnvis.observe.demo import demo_images, train_demo_network
from cnnvis.observe.inputs import DataOptions, Preprocess, from_dataset
from cnnvis.schema.run import ModelFacts


def train_demo(to: Path, *, progress: bool = True, epochs: int | None = None) -> Path:
    """Train the demo network and analyse it on the digits that it was not trained on.

    Args:
        to: The run folder to write.
        progress: Whether to show progress bars.
        epochs: Passes over the training digits; enough for 97 % when not given.

    Raises:
        RunError: There is something at ``to`` already, or it cannot be written.

    """
    images = demo_images()
    chosen = {} if epochs is None else {"epochs": epochs}
    network = train_demo_network(progress=progress, **chosen)
    source = from_dataset(
        (images.pixels[images.held_out], images.labels[images.held_out]),
        preprocess=Preprocess(scale="-1-1"),
        options=DataOptions(),
        name="handwritten digits, held out",
    )
    facts = ModelFacts(name=type(network).__name__, source="cnnvis demo --train")
    options = AnalyzeOptions(name="digits demo", progress=progress)
    return analyze_source(network, source, to=to, model_facts=facts, class_names=images.names, options=options)
