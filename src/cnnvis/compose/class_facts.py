"""What is said of every class; apart from the scene, so that tables do without its analyses."""

import numpy as np

from cnnvis.schema.scene import ClassFacts
from cnnvis.store.reader import Run


def class_facts(run: Run) -> tuple[ClassFacts, ...]:
    """Return name, number of images and recall of every class."""
    images, confusion = run.statistics.class_images, run.statistics.confusion
    right = np.array([confusion[index, index] if index < confusion.shape[1] else 0 for index in range(len(images))])
    scored = run.snapshot.correct is not None
    return tuple(
        ClassFacts(
            index=index,
            name=name,
            images=int(images[index]),
            recall=float(right[index] / images[index]) if scored and images[index] else None,
        )
        for index, name in enumerate(run.file.classes)
    )
