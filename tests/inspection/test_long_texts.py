"""A long text never has the weights of all heads in memory at once."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from explorer.inspection import normalising, tracing
from explorer.messages.heads import MadeWeights
from tests.small import small_config
from tests.subject import small_subject

LENGTH, HEADS = 400, 4


class Largest(TorchDispatchMode):
    """Remembers the largest tensor that anything made."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = func(*args, **(kwargs or {}))
        parts = made if isinstance(made, tuple | list) else (made,)
        sizes = [part.numel() for part in parts if isinstance(part, torch.Tensor)]
        self.numbers = max([self.numbers, *sizes])
        return made


@pytest.mark.parametrize("long", [False, True])
def test_that_no_tensor_of_a_long_text_is_as_large_as_all_its_weights(
    long: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = small_config({"model.max_length": 512, "model.encoder_layers": 1})
    subject = small_subject(config=config)
    text = " ".join("3141592653"[i % 10] for i in range(LENGTH - 1))
    source, target = subject.source(text), subject.target("3 1")
    assert len(source.tokens) == LENGTH
    monkeypatch.setattr(tracing, "DENSE", 10 if long else 1 << 24)
    # One thread, as what is made on others is not seen here.
    monkeypatch.setattr(tracing, "on_all_cores", lambda do, all: [do(one) for one in all])
    with Largest() as largest:
        found = tracing.trace(subject, source, target, text, "3 1", own_target=False)
    whole = HEADS * LENGTH * LENGTH
    assert (largest.numbers >= whole) != long
    assert any(isinstance(weights, MadeWeights) for weights in found.weights.values()) == long


def test_that_the_same_holds_of_a_model_from_outside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("transformers")
    from explorer.subjects.opening import open_subject
    from tests.subjects.outside.small_folder import small_folder

    subject = open_subject(str(small_folder(tmp_path / "small")), torch.device("cpu"))
    text = "the old cat sleeps " * 5
    read, nothing = subject.source(text), subject.target("")
    length = len(read.tokens)
    monkeypatch.setattr(tracing, "DENSE", 10)
    monkeypatch.setattr(normalising, "_SMALL", 10)
    monkeypatch.setattr(tracing, "on_all_cores", lambda do, all: [do(one) for one in all])
    with Largest() as largest:
        found = tracing.trace(subject, read, nothing, text, "", own_target=False)
    assert 40 < length < 128
    assert largest.numbers < 4 * length * length  # Four heads, and no map of all of them.
    assert all(isinstance(weights, MadeWeights) for weights in found.weights.values())
