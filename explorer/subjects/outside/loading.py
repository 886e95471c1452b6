"""A folder of `transformers` becomes a subject; whatever goes wrong is told in words."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import torch

from explorer.runs.weights import ModelFileError
from explorer.subjects.outside.attention import register
from explorer.subjects.outside.folder import Outside, check_folder
from explorer.subjects.outside.importing import import_transformers, is_imported
from explorer.subjects.outside.kinds import architecture_of, head_of
from explorer.subjects.outside.labels import Labels, Says
from explorer.subjects.outside.memory import choose_type, expected, placed_at_once
from explorer.subjects.outside.model import OutsideModel
from explorer.subjects.outside.shape import as_run, longest_input, rough_shape
from explorer.subjects.outside.subject import OutsideSubject, OutsideVocabularies
from explorer.subjects.outside.vision.loading import (
    load_pictures,
    picture_subject,
    reads_pictures,
)
from explorer.subjects.outside.vision.model import PictureModel
from explorer.subjects.outside.words import OutsideWords
from explorer.subjects.subject import Subject

_MISSING = (
    "{path} is a model of the library transformers, which is not installed: "
    "pip install 'attention-explorer[hf]'"
)
_LOCAL = {"local_files_only": True, "trust_remote_code": False}


def open_outside(
    path: Path, device: torch.device, tell: Callable[[str], None] = lambda _: None
) -> Subject:
    """Load the folder onto a device, and `tell` before what that takes.

    Raises `ModelFileError` in words.
    """
    found = check_folder(path)
    try:
        if not is_imported():
            tell("Loading the library transformers; the first time takes some seconds")
        import_transformers()
    except ImportError:
        raise ModelFileError(_MISSING.format(path=path)) from None
    with quietly():
        config = _configuration(found)
        kind = choose_type(found, device)
        tell(expected(found, kind, device))
        if reads_pictures(config):
            return _of_pictures(found, config, kind, device)
        tokenizer = _tokenizer(found)
        return _subject(found, config, tokenizer, kind, device)


@contextmanager
def quietly() -> Iterator[None]:
    """Without the library's own reports and bars; what matters is told by us."""
    from logging import CRITICAL

    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity(CRITICAL)
    logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


def _of_pictures(found: Outside, config: Any, kind: torch.dtype, device: torch.device) -> Subject:
    try:
        inner, report, classes = load_pictures(found, config, kind)
    except Exception as error:  # Whatever a family's own code raises.
        raise ModelFileError(
            f"{found.title} cannot be loaded by transformers: {_first_line(error)}"
        ) from None
    classes = not _checked(found, inner, report) and classes
    subject = picture_subject(found, config, inner, classes, device)
    told = cast(PictureModel, subject.model).told
    subject.notes = _notes(told, classes, kind)
    return subject


def _configuration(found: Outside) -> Any:
    from transformers import CONFIG_MAPPING, AutoConfig

    if found.model_type not in CONFIG_MAPPING:
        if "auto_map" in found.config:
            raise ModelFileError(
                f"{found.title} is a model of a family of its own (“{found.model_type}”) that "
                "brings its program along. A program from a model's folder is never run here, so "
                "it cannot be opened"
            )
        raise ModelFileError(
            f"{found.title} is of the family “{found.model_type}”, which this version of "
            "transformers does not know. A newer one may: pip install -U transformers"
        )
    try:
        return AutoConfig.from_pretrained(found.path, **_LOCAL)
    except Exception as error:  # The library raises whatever a family's own checks raise.
        raise ModelFileError(
            f"{found.path / 'config.json'} describes no model: {_first_line(error)}"
        ) from None


def _tokenizer(found: Outside) -> Any:
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(found.path, **_LOCAL)
    except Exception as error:  # Bare exceptions of two libraries, for every fault.
        raise ModelFileError(
            f"The tokenizer in {found.path} cannot be read: {_first_line(error)}"
        ) from None


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__


def _load(
    found: Outside, config: Any, kind: torch.dtype, device: torch.device
) -> tuple[Any, str, Says | None]:
    """The model, its architecture, and what its output layer speaks of, if it has one."""
    import transformers

    architecture = architecture_of(config)
    head, says = head_of(config, architecture)
    told = {**_LOCAL, "dtype": kind, "use_safetensors": True, "output_loading_info": True}
    told |= placed_at_once(device)
    try:
        model, report = head.from_pretrained(
            found.path, config=config, attn_implementation=register(), **told
        )
    except ModelFileError:
        raise
    except Exception as error:  # Whatever a family's own code raises.
        raise ModelFileError(
            f"{found.title} cannot be loaded by transformers: {_first_line(error)}"
        ) from None
    missing = _checked(found, model, report)
    speaks = not missing and head is not transformers.AutoModel
    return model, architecture, says if speaks else None


def _checked(found: Outside, model: Any, report: Any) -> set[str]:
    """Weights of the output layer that the file lacks; raises when others are missing too."""
    if report.get("mismatched_keys"):
        name = sorted(str(key) for key in report["mismatched_keys"])[0]
        raise ModelFileError(f"The weights in {found.path} do not fit its config.json: {name}")
    missing = set(report["missing_keys"])
    prefix = f"{model.base_model_prefix}."
    own = model.base_model is not model
    lacking = sorted(name for name in missing if not own or name.startswith(prefix))
    lacking = [name for name in lacking if "lm_head" not in name and "pooler" not in name]
    if lacking:
        raise ModelFileError(
            f"{found.path} is not whole: its weights lack {lacking[0]}"
            + (f" and {len(lacking) - 1:,} more" if len(lacking) > 1 else "")
        )
    return {name for name in missing if "pooler" not in name}


def _subject(
    found: Outside, config: Any, tokenizer: Any, kind: torch.dtype, device: torch.device
) -> OutsideSubject:
    inner, architecture, says = _load(found, config, kind, device)
    inner = inner.to(device).eval()
    of_text = config.get_text_config()
    longest = longest_input(of_text, tokenizer, _padding_row(inner))
    model = OutsideModel(
        inner, rough_shape(architecture, of_text, longest), padding=tokenizer.pad_token_id,
        separator=_separator(of_text, tokenizer), says=says,
    ).eval()  # fmt: skip
    if not _found_sites(model):
        raise ModelFileError(
            f"{found.title}: nothing in a model of the family “{found.model_type}” attends in "
            "a way that can be watched"
        )
    run = as_run(model, found.title, kind, chats=bool(getattr(tokenizer, "chat_template", None)))
    source = OutsideWords(tokenizer, size=of_text.vocab_size)
    apart = architecture == "encoder-decoder"
    target = OutsideWords(tokenizer, size=of_text.vocab_size, target=True) if apart else source
    if says not in ("words", None):
        target = Labels(config.id2label)
    return OutsideSubject.of(
        found.title, str(found.path), run, model, OutsideVocabularies(source, target),
        start=_start(inner, tokenizer), ends=_ends(inner, tokenizer),
        notes=_notes(model.told, says is not None, kind),
    )  # fmt: skip


def _found_sites(model: OutsideModel) -> bool:
    """Whether attention can be watched, through the interface or by what the family tells."""
    try:
        return model.find_sites() or model.ask_for_weights()
    except Exception as error:  # Whatever a family's own code raises.
        raise ModelFileError(
            f"A trial of three tokens through this model failed: {_first_line(error)}"
        ) from error


def _notes(told: bool, speaks: bool, kind: torch.dtype) -> tuple[str, ...]:
    notes = [
        "Its family computes attention in a way of its own: weights are those that it tells "
        "(output_attentions, eager); queries and keys stay unseen, and nothing can be changed."
        if told else "Its attention runs through the attention interface of transformers."
    ]  # fmt: skip
    if not speaks:
        notes.append("It has no layer that says words: its attention shows, but it guesses none.")
    if kind is not torch.float32:
        notes.append(f"Its weights are {str(kind).removeprefix('torch.')}.")
    return tuple(notes)


def _padding_row(inner: Any) -> int | None:
    for name, module in inner.named_modules():
        if name.endswith("position_embeddings"):
            return getattr(module, "padding_idx", None)
    return None


def _separator(config: Any, tokenizer: Any) -> int | None:
    segments = getattr(config, "type_vocab_size", 0) or 0
    if segments > 1 and "token_type_ids" in tokenizer.model_input_names:
        return tokenizer.sep_token_id
    return None


def _start(inner: Any, tokenizer: Any) -> int:
    generation = getattr(inner, "generation_config", None)
    told = getattr(generation, "decoder_start_token_id", None)
    told = told if told is not None else getattr(inner.config, "decoder_start_token_id", None)
    for id in (told, tokenizer.bos_token_id, tokenizer.pad_token_id):
        if id is not None:
            return int(id)
    return 0


def _ends(inner: Any, tokenizer: Any) -> frozenset[int]:
    """All tokens that end a text; chat models have several."""
    generation = getattr(inner, "generation_config", None)
    told = getattr(generation, "eos_token_id", None)
    ids = told if isinstance(told, list) else [told]
    return frozenset(id for id in (*ids, tokenizer.eos_token_id) if id is not None)
