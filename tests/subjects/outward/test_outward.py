"""Our models as folders of `transformers`: the same there, and the same when opened here again."""

from pathlib import Path
from typing import Any

import pytest
import torch

pytest.importorskip("transformers")

from explorer.data.coding import Coding, Vocabularies
from explorer.data.vocabulary import train_vocabulary
from explorer.inspection.recording import recording
from explorer.messages.presets import load_preset
from explorer.messages.settings import with_values
from explorer.runs.weights import ModelFileError
from explorer.subjects.opening import open_subject
from explorer.subjects.outside.loading import quietly
from explorer.subjects.outward.writing import write_outward
from explorer.subjects.subject import Subject, make_model
from tests.small import CPU, SMALL

WORDS = ["the old cat sleeps near the fire", "a dog runs in the park and barks"]
PAPER: dict[str, Any] = {"norm": "after", "embedding_norm": False}
GPT = {"architecture": "decoder-only", "positions": "learned", "activation": "gelu"}
LLAMA = {
    "architecture": "decoder-only", "positions": "rotary", "norm_kind": "rms", "heads": 4,
    "key_value_heads": 2, "activation": "swiglu", "tie_embeddings": False,
}  # fmt: skip
BERT = {
    "architecture": "encoder-only", "positions": "learned", "norm": "after",
    "embedding_norm": True, "activation": "gelu",
}  # fmt: skip
BOTH = {"architecture": "encoder-decoder", "positions": "sinusoidal", "activation": "relu"}
SHAPES: dict[str, tuple[str, dict[str, Any]]] = {
    "gpt2": ("GPT2LMHeadModel", GPT),
    "gpt2 tied": ("GPT2LMHeadModel", GPT | {"scale_embeddings": False, "bias": False}),
    "gpt2 by sines": ("GPT2LMHeadModel", GPT | {"positions": "sinusoidal", "activation": "relu2"}),
    "neox": ("GPTNeoXForCausalLM", GPT | {"positions": "rotary", "pattern": "causal"}),
    "llama": ("LlamaForCausalLM", LLAMA),
    "llama without biases": ("LlamaForCausalLM", LLAMA | {"bias": False, "activation": "geglu"}),
    "bert": ("BertForTokenClassification", BERT),
    "roberta": ("RobertaPreLayerNormForTokenClassification", BERT | {"norm": "before"}),
    "esm": ("EsmForTokenClassification", BERT | {"norm": "before", "embedding_norm": False}),
    "esm turned": ("EsmForTokenClassification", BERT | {"norm": "before", "positions": "rotary"}),
    "bart": ("BartForConditionalGeneration", BOTH | {"norm": "after", "embedding_norm": True}),
    "mbart": ("MBartForConditionalGeneration", BOTH | {"embedding_norm": True}),
    "blenderbot": ("BlenderbotForConditionalGeneration", BOTH),
    "marian": ("MarianMTModel", BOTH | {"norm": "after"}),
}


def own(shape: dict[str, Any], text: bool = True) -> Subject:
    """A model of ours whose every weight is random, biases and norms too."""
    values = {f"model.{name}": value for name, value in shape.items()}
    config = with_values(load_preset("reverse"), {**SMALL, "model.norm": "before", **values})
    if text and shape["architecture"] != "encoder-decoder":
        name = config.task.model_copy(update={"name": "text"})
        config = config.model_copy(update={"task": name})
    words = train_vocabulary(WORDS, "word", 100, mask=shape["architecture"] == "encoder-only")
    coding = Coding(config, Vocabularies.one(words))
    torch.manual_seed(3)
    model = make_model(coding).eval()
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(torch.randn_like(weight) * 0.2)
    return Subject("ours", "", config, model, coding)


@torch.no_grad()
def seen(subject: Subject, text: str) -> tuple[torch.Tensor, dict[Any, torch.Tensor]]:
    """Logits, and the weights of every site."""
    ids = torch.tensor([[token.id for token in subject.source(text).tokens]])
    target = torch.tensor([[2, 6, 7]]) if subject.architecture == "encoder-decoder" else None
    alone = subject.architecture == "decoder-only"
    with recording(subject.model.sites()) as recorded:
        logits = subject.model(None if alone else ids, ids if alone else target)
    return logits, dict(recorded)


@torch.no_grad()
def there(folder: Path, name: str, subject: Subject, text: str) -> torch.Tensor:
    """The logits that the library itself computes for a text."""
    import transformers

    with quietly():
        model = getattr(transformers, name).from_pretrained(folder).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    ids = tokenizer(text, return_tensors="pt")["input_ids"]
    assert ids[0].tolist() == [token.id for token in subject.source(text).tokens]
    if subject.architecture == "encoder-decoder":
        return model(input_ids=ids, decoder_input_ids=torch.tensor([[2, 6, 7]])).logits
    return model(input_ids=ids).logits


@pytest.mark.parametrize("shape", SHAPES)
def test_that_an_exported_model_is_the_same_there_and_here(tmp_path: Path, shape: str) -> None:
    expected, settings = SHAPES[shape]
    subject, text = own(settings), "the old dog barks near the fire"
    logits, weights = seen(subject, text)
    name = write_outward(subject, tmp_path / "out")
    assert name == expected
    torch.testing.assert_close(
        there(tmp_path / "out", name, subject, text), logits, atol=1e-4, rtol=0
    )
    again = open_subject(str(tmp_path / "out"), CPU)
    found, maps = seen(again, text)
    torch.testing.assert_close(found, logits, atol=1e-4, rtol=0)
    assert maps.keys() == weights.keys()
    for site, table in weights.items():
        torch.testing.assert_close(maps[site], table, atol=1e-5, rtol=0)


@pytest.mark.parametrize(
    ("shape", "told"),
    [
        (GPT | {"positions": "alibi"}, "model.positions is “alibi”"),
        (GPT | {"pattern": "window"}, "model.pattern is “window”"),
        (GPT | {"embedding_norm": True}, "model.embedding_norm is on"),
        (LLAMA | {"score_cap": 4.0}, "model.score_cap is 4"),
        (BERT | {"embedding_norm": False}, r"model.embedding_norm is off.*BERT.*needs on"),
        (BERT | {"weights": "ternary"}, "model.weights is “ternary”"),
        (BOTH | {"key_value_heads": 2}, "model.key_value_heads is 2"),
    ],
)
def test_that_what_no_family_computes_is_refused_by_its_setting(
    tmp_path: Path, shape: dict[str, Any], told: str
) -> None:
    with pytest.raises(ModelFileError, match=told):
        write_outward(own(shape), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_that_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="exists already"):
        write_outward(own(GPT), tmp_path)


def test_that_weights_at_half_precision_load_as_such(tmp_path: Path) -> None:
    write_outward(own(GPT), tmp_path / "out", half=True)
    from transformers import AutoModelForCausalLM

    with quietly():
        model = AutoModelForCausalLM.from_pretrained(tmp_path / "out", dtype="auto")
    assert model.dtype == torch.float16
