"""What the recorder says must not throw, whoever listens."""

import io
import logging
import sys
from pathlib import Path

import pytest

from tests.observe.record.helpers import built, hooks_on, recorded, recorder, sgd, train


def test_a_message_that_nobody_can_hear_is_not_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Logging itself throws when it cannot write to standard error why it could not write."""
    model = built()
    optimizers = sgd(model)
    closed = io.StringIO()
    closed.close()
    handler = logging.StreamHandler(closed)
    logger = logging.getLogger("cnnvis")
    logger.addHandler(handler)
    monkeypatch.setattr(sys, "stderr", closed)
    try:
        with pytest.raises(ValueError, match="closed file"):
            logger.warning("as it would be")
        with recorder(model, optimizers, tmp_path / "run", progress=True) as rec:
            train(model, optimizers, rec, steps=2)
            rec.step("no number")
            train(model, optimizers, rec, steps=2)
    finally:
        logger.removeHandler(handler)
    assert recorded(tmp_path / "run")[1].complete
    assert hooks_on(model, optimizers) == 0
