"""Vision models against `transformers` itself, and pictures that cannot be read."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

pytest.importorskip("transformers")
pytest.importorskip("PIL")

from PIL import Image

from explorer.decoding.stepper import decode
from explorer.inspection.recording import recording
from explorer.messages.config import DecodingConfig
from explorer.runs.weights import ModelFileError
from explorer.subjects.opening import open_subject
from explorer.subjects.outside.loading import quietly
from explorer.subjects.outside.vision.pictures import TEST
from explorer.subjects.subject import SentenceError, Subject
from tests.small import CPU
from tests.subjects.outside.vision.small_pictures import FAMILIES, small_pictures


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A picture of noise, wider than high."""
    noise = np.random.default_rng(1).integers(0, 255, (50, 70, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "photo.png")
    return tmp_path / "photo.png"


@torch.no_grad()
def expected(folder: Path, family: str, photo: Path) -> Any:
    """What the library computes by itself, eager, of the same file."""
    import transformers
    from transformers import AutoImageProcessor

    with quietly():
        model = getattr(transformers, FAMILIES[family][1])
        model = model.from_pretrained(folder, attn_implementation="eager").eval()
        processor = AutoImageProcessor.from_pretrained(folder, backend="pil")
    pixels = processor(Image.open(photo).convert("RGB"), return_tensors="pt")
    found = model(**pixels, output_attentions=True)
    for module in model.modules():  # The library leaves the hooks that it collects with.
        module._forward_hooks.clear()
    return found


@torch.no_grad()
def seen(subject: Subject, text: str) -> list[torch.Tensor]:
    """The weights of every layer."""
    source = subject.source(text).as_input(CPU)
    with recording(subject.model.sites()) as recorded:
        subject.model.hidden(source, None)
    return list(recorded.values())


@pytest.mark.parametrize("family", FAMILIES)
def test_that_weights_and_classes_are_those_of_transformers(
    tmp_path: Path, photo: Path, family: str
) -> None:
    folder = small_pictures(tmp_path / "model", family)
    subject = open_subject(str(folder), CPU)
    found = expected(folder, family, photo)
    weights = seen(subject, str(photo))
    assert len(weights) == len(found.attentions) == 2
    for mine, theirs in zip(weights, found.attentions, strict=True):
        torch.testing.assert_close(mine, theirs, atol=1e-5, rtol=0)
        assert mine.shape[-1] == len(subject.source(str(photo)).tokens)
    if hasattr(found, "logits"):
        source = subject.source(str(photo)).as_input(CPU)
        with torch.no_grad():
            logits = subject.model(source, None)[:, 0]
        torch.testing.assert_close(logits, found.logits, atol=1e-4, rtol=0)


def test_that_patches_lie_where_they_are_drawn(tmp_path: Path, photo: Path) -> None:
    subject = open_subject(str(small_pictures(tmp_path / "model", "deit")), CPU)
    sentence = subject.source(str(photo))
    assert [token.text for token in sentence.tokens[:4]] == ["[CLS]", "[1]", "1·1", "1·2"]
    picture = sentence.picture
    assert picture is not None and picture.values.shape == (32, 32, 3)
    assert picture.boxes[:4].tolist() == [[0] * 4, [0] * 4, [0, 0, 8, 8], [8, 0, 8, 8]]
    assert picture.boxes[-1].tolist() == [24, 24, 8, 8]
    resized = Image.open(photo).convert("RGB").resize((32, 32), Image.Resampling.BILINEAR)
    np.testing.assert_allclose(picture.values, np.asarray(resized) / 255, atol=1e-3)


def test_that_classes_are_the_candidates_of_one_decision(tmp_path: Path) -> None:
    subject = open_subject(str(small_pictures(tmp_path / "model")), CPU)
    decoding = decode(subject, subject.source(TEST), TEST, DecodingConfig(candidates=5))
    (step,) = decoding.steps
    names = {candidate.token.text for candidate in step.candidates}
    assert names == {f"LABEL_{number}" for number in range(5)}
    assert sum(c.probability for c in step.candidates) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    ("text", "told"),
    [("the old cat", "drop a PNG or JPEG"), ("{broken}", "cannot be read|no PNG"),
     ("{text}", "no PNG or JPEG"), ("{folder}", "drop a PNG or JPEG")],
)  # fmt: skip
def test_that_what_is_no_picture_is_told_in_words(
    tmp_path: Path, photo: Path, text: str, told: str
) -> None:
    subject = open_subject(str(small_pictures(tmp_path / "model")), CPU)
    (tmp_path / "broken.png").write_bytes(photo.read_bytes()[:200])
    (tmp_path / "words.png").write_text("no picture")
    places = {
        "broken": tmp_path / "broken.png", "text": tmp_path / "words.png", "folder": tmp_path,
    }  # fmt: skip
    with pytest.raises(SentenceError, match=told):
        subject.source(text.format(**places))


def test_that_a_folder_without_a_processor_is_refused(tmp_path: Path) -> None:
    folder = small_pictures(tmp_path / "model")
    (folder / "preprocessor_config.json").unlink()
    (folder / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelFileError, match=r"has no preprocessor_config\.json"):
        open_subject(str(folder), CPU)
