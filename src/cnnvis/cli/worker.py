"""The worker's program, `python -m cnnvis.cli.worker open RUN --model ... --data ...`: started by the server.

It takes the very command line that `cnnvis open` was given, so that the network and its images are named once.
"""

import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import cast

from cnnvis.cli.parser import build_parser
from cnnvis.cli.preprocessing import preprocessing
from cnnvis.compose.workshop import Workshop
from cnnvis.observe.inputs import DataOptions, default_device, load_model, open_data, read_class_map, read_classes
from cnnvis.schema.worker import Ask, JobResult
from cnnvis.serve.worker.channel import Channel, Tell, claim_streams
from cnnvis.store.reader import read_run


class Bench:
    """Does the server's jobs with the network of a command line, which is built when it is first needed.

    Args:
        options: The command line of `cnnvis open`.
        build: Makes the workshop; what fails here is tried again for the next job.

    """

    def __init__(self, options: Namespace, build: Callable[[Namespace], Workshop] | None = None) -> None:
        self._options = options
        self._build = build or open_workshop
        self._workshop: Workshop | None = None

    def do(self, ask: Ask, tell: Tell) -> JobResult:
        """Do a job.

        Raises:
            CnnvisError: The model, the data or the run cannot be used.

        """
        run = read_run(Path(ask.run), step=ask.step)
        if self._workshop is None:
            tell(0, 0, "loading the network")
            self._workshop = self._build(self._options)
        return self._workshop.do(run, ask.job, tell)


def open_workshop(options: Namespace) -> Workshop:
    """Return the network and the images that a command line names.

    Raises:
        CnnvisError: They cannot be found or used.

    """
    classes = read_classes(options.class_names) if options.class_names else None
    device = cast("str | None", options.device) or default_device()
    loaded = load_model(
        options.model,
        checkpoint=options.checkpoint,
        device=device,
        args=dict(options.model_arg),
    )
    data = DataOptions(
        batch_size=options.batch_size,
        limit=options.limit,
        classes=classes,
        labels=options.labels,
        split=options.split,
        workers=options.workers,
        args=dict(options.data_arg),
        image=options.input_name,
    )
    count = len(classes.names) if classes else None
    return Workshop(
        model=loaded.model,
        source=open_data(options.data, preprocess=preprocessing(options), options=data),
        device=device,
        output=options.output,
        input_name=options.input_name,
        class_map=read_class_map(options.class_map, count) if options.class_map else None,
    )


def main(line: list[str] | None = None) -> None:
    """Do what the server asks for until it is gone.

    Args:
        line: The words of `cnnvis open`, `open` included; None: those of this process.

    """
    options = build_parser().parse_args(sys.argv[1:] if line is None else line)
    Channel(*claim_streams()).serve(Bench(options).do)


if __name__ == "__main__":
    main()
