"""Labels and outputs: which output is which class, and whether they fit."""

import numpy as np
import torch
from jaxtyping import Int

from cnnvis.schema.errors import DataError, ModelError

Numbers = Int[np.ndarray, " images"]


class Labels:
    """Turns the model's outputs into predicted labels and columns of the confusion matrix.

    Without a class map a column is an output. With one, a column is a label, and a last column counts predictions
    that are no class of the data.
    """

    def __init__(self, classes: int, label_of_output: Int[np.ndarray, " outputs"] | None) -> None:
        self.classes = classes
        self.label_of_output = label_of_output
        self.columns = 0
        """Columns of the confusion matrix; 0 until the first batch, and for a model that does not classify."""
        if label_of_output is not None:
            self._check_map(label_of_output)

    def read(self, logits: torch.Tensor | None, labels: Numbers) -> tuple[Numbers, Numbers]:
        """Return each image's column and predicted label; -1 everywhere for a model that does not classify.

        Raises:
            DataError: When there are more classes than outputs, or the class map has another length.
            ModelError: When the outputs are not one row per image.

        """
        if logits is None:
            none = np.full(len(labels), -1, np.int64)
            return none, none
        if len(logits) != len(labels):
            raise ModelError(
                f"The model gave {len(logits)} rows of outputs for a batch of {len(labels)} images.",
                "Choose the logits with --output.",
            )
        self._check_outputs(logits.shape[1])
        outputs = logits.argmax(1).cpu().numpy()
        if self.label_of_output is None:
            self.columns = logits.shape[1]
            return outputs, outputs
        predicted = self.label_of_output[outputs].astype(np.int64)
        self.columns = self.classes + int((self.label_of_output < 0).any())
        return np.where(predicted < 0, self.classes, predicted), predicted

    def check(self, labels: Numbers, source: str) -> None:
        """Raise DataError when a label is beyond the classes."""
        if len(labels) and int(labels.max()) >= self.classes:
            raise DataError(
                f"{source} has label {int(labels.max())}, but only {self.classes} classes (0...{self.classes - 1}).",
                "Give as many class names as there are classes, or map them with --class-map.",
            )

    def _check_outputs(self, outputs: int) -> None:
        if self.label_of_output is None:
            if self.classes > outputs:
                raise DataError(
                    f"The data has {self.classes} classes, but the model has {outputs} outputs.",
                    "Say which output is which class with --class-map, or use data of the classes the model knows.",
                )
        elif len(self.label_of_output) != outputs:
            raise DataError(
                f"The class map has {len(self.label_of_output)} entries, but the model has {outputs} outputs.",
                "Give one label per output in --class-map, -1 where an output is no class.",
            )

    def _check_map(self, label_of_output: Int[np.ndarray, " outputs"]) -> None:
        largest = int(label_of_output.max(initial=-1))
        if largest >= self.classes:
            raise DataError(
                f"The class map names label {largest}, but the data has {self.classes} classes.",
                "Correct --class-map or give more class names.",
            )
