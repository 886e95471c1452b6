"""One of our models as a folder of `transformers`: config.json, weights and tokenizer."""

import json
from pathlib import Path
from typing import Any

import torch
from tokenizers import AddedToken, Tokenizer, processors

from explorer.data.vocabulary import END, MASK, PAD, SPECIAL, START, UNKNOWN, Vocabulary
from explorer.model.transformer import Transformer
from explorer.runs.atomic import whole_folder
from explorer.runs.weights import ModelFileError, save_tensors
from explorer.subjects.opening import open_own
from explorer.subjects.outward.decoders import decoder_shape
from explorer.subjects.outward.encoders import encoder_shape
from explorer.subjects.outward.fit import Shape, Weights
from explorer.subjects.outward.pairs import pair_shape
from explorer.subjects.subject import Subject


def export_outward(reference: str, out: Path, *, half: bool = False) -> str:
    """Write the model of a run as a new folder of `transformers`; gives the class to load it with.

    Raises `ModelFileError` that names the setting which no family there computes, or says that the
    folder exists already. The library itself is not needed.
    """
    return write_outward(open_own(reference, torch.device("cpu")), out, half=half)


def write_outward(subject: Subject, out: Path, *, half: bool = False) -> str:
    """The same for a model that is open."""
    if out.exists():
        raise ModelFileError(f"{out} exists already; choose another folder")
    shape = shape_of(subject)
    kind = torch.float16 if half else torch.float32
    out.parent.mkdir(parents=True, exist_ok=True)
    with whole_folder(out) as beside:
        tensors = {name: value.to(kind, copy=True) for name, value in _untied(shape).items()}
        save_tensors(beside / "model.safetensors", tensors, {"format": "pt"})
        told = {**shape.config, **_special_ids(), "dtype": str(kind).removeprefix("torch.")}
        _write(beside / "config.json", told)
        _write_tokenizer(beside, subject)
    return str(shape.config["architectures"][0])


def shape_of(subject: Subject) -> Shape:
    """The family that computes what a model of ours does; raises `ModelFileError` if none does."""
    if not isinstance(subject.model, Transformer):
        raise ModelFileError(f"{subject.name} is a model of transformers already")
    words = subject.coding.vocabularies
    if subject.coding.signal is not None:
        raise ModelFileError(
            f"This model cannot be written for transformers: task.name is "
            f"“{subject.config.task.name}”, whose sources are no text but pictures or sounds"
        )
    weights = Weights(subject.model)
    if subject.architecture == "decoder-only":
        return decoder_shape(weights, len(words.target))
    if subject.architecture == "encoder-only":
        labels = [words.target.token(id).piece for id in range(len(words.target))]
        return encoder_shape(weights, len(words.source), labels)
    if not words.shared:
        raise ModelFileError(
            "This model cannot be written for transformers: source and target have vocabularies of "
            "their own (task.shared_vocabulary is off), and BART and its relatives have one"
        )
    return pair_shape(weights, len(words.target))


def _untied(shape: Shape) -> dict[str, torch.Tensor]:
    """The weights; of tied ones, which the library ties again, only the first."""
    if not shape.config["tie_word_embeddings"]:
        return shape.tensors
    again = ("lm_head.weight", "embed_out.weight", ".embed_tokens.weight")
    shared = "model.shared.weight" in shape.tensors
    return {
        name: value for name, value in shape.tensors.items()
        if not name.endswith(again[: 3 if shared else 2])
    }  # fmt: skip


def _special_ids() -> dict[str, int]:
    return {
        "pad_token_id": PAD, "bos_token_id": START, "eos_token_id": END,
        "decoder_start_token_id": START,
    }  # fmt: skip


def _write_tokenizer(folder: Path, subject: Subject) -> None:
    words = subject.coding.vocabularies.source
    tokenizer = Tokenizer.from_str(words.to_json())
    tokenizer.encode_special_tokens = False
    tokenizer.add_special_tokens([AddedToken(piece, special=True) for piece in _specials(words)])
    template = _template(subject)
    if template:
        ends = [(SPECIAL[START], START), (SPECIAL[END], END)]
        tokenizer.post_processor = processors.TemplateProcessing(
            single=template, special_tokens=ends
        )
    tokenizer.save(str(folder / "tokenizer.json"))
    told: dict[str, Any] = {
        "tokenizer_class": "PreTrainedTokenizerFast", "pad_token": SPECIAL[PAD],
        "unk_token": SPECIAL[UNKNOWN], "bos_token": SPECIAL[START], "eos_token": SPECIAL[END],
        "model_max_length": subject.config.model.max_length, "clean_up_tokenization_spaces": False,
        "model_input_names": ["input_ids", "attention_mask"],
    }  # fmt: skip
    if len(_specials(words)) > MASK:
        told["mask_token"] = SPECIAL[MASK]
    _write(folder / "tokenizer_config.json", told)


def _specials(words: Vocabulary) -> list[str]:
    known = len(SPECIAL) if len(words) > MASK and words.token(MASK).special else MASK
    return list(SPECIAL[:known])


def _template(subject: Subject) -> str:
    """What stands around a source, as our own coding lays it out."""
    if subject.architecture == "encoder-decoder":
        return f"$A {SPECIAL[END]}"
    if subject.architecture == "decoder-only" and subject.coding.form == "text":
        return ""
    return f"{SPECIAL[START]} $A {SPECIAL[END]}"


def _write(path: Path, told: dict[str, Any]) -> None:
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
