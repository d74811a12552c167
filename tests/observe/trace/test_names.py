"""Operations have one name, however they were written."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch.nn import functional as F  # noqa: N812
from torch.overrides import TorchFunctionMode

from cnnvis.observe.trace.names import is_question, op_name


class _Heard(TorchFunctionMode):
    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        if not is_question(func):
            self.names.append(op_name(func))
        return func(*args, **(kwargs or {}))


def _iadd(x: torch.Tensor) -> torch.Tensor:
    x += x
    return x


@pytest.mark.parametrize(
    ("write", "name"),
    [
        (lambda x: x + x, "add"), (lambda x: 1 + x, "add"), (_iadd, "add"), (lambda x: x.add_(1), "add"),
        (lambda x: torch.add(x, x), "add"), (lambda x: x - 1, "sub"), (lambda x: 1 - x, "sub"),
        (lambda x: x * x, "mul"), (lambda x: x / 2, "div"), (lambda x: 1 / x, "div"), (lambda x: x.relu_(), "relu"),
        (F.relu, "relu"), (lambda x: F.relu(x, inplace=True), "relu"), (torch.relu_, "relu"),
        (lambda x: F.max_pool2d(x, 2), "max_pool2d"), (lambda x: torch.concat([x, x]), "cat"),
        (lambda x: F.adaptive_max_pool2d(x, 1), "adaptive_max_pool2d"), (lambda x: x[:, 0], "getitem"),
        (lambda x: x.T, "T"), (lambda x: x.swapaxes(0, 1), "transpose"), (lambda x: F.pad(x, (1, 1)), "pad"),
        (lambda x: F.interpolate(x, scale_factor=2), "interpolate"), (lambda x: x.shape and x.flatten(1), "flatten"),
        (lambda x: F.batch_norm(x, torch.zeros(3), torch.ones(3)), "batch_norm"), (lambda x: x.clip(0), "clamp"),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:The use of `x.T`")
def test_names(write: Callable[[torch.Tensor], Any], name: str) -> None:
    with torch.no_grad(), _Heard() as heard:
        write(torch.rand(3, 3, 4, 4))
    assert heard.names[-1] == name
