"""The two real models, opened as a user opens them, held to `transformers` itself."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

pytest.importorskip("transformers")

from explorer.cli import main
from explorer.decoding.stepper import decode
from explorer.engine.sentence_command import trace_sentence
from explorer.messages.config import DecodingConfig
from explorer.messages.results import Site, SiteKind
from explorer.subjects.opening import describe, open_subject
from explorer.subjects.subject import SentenceError, Subject
from tests.subjects.outside.real import encoder, stories

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def writer() -> Subject:
    """The storyteller."""
    return open_subject(str(stories()), CPU)


@pytest.fixture(scope="module")
def reader() -> Subject:
    """The sentence encoder."""
    return open_subject(str(encoder()), CPU)


@pytest.fixture(scope="module")
def eager_writer() -> Iterator[Any]:
    """The storyteller as `transformers` runs it."""
    from transformers import AutoModelForCausalLM

    yield AutoModelForCausalLM.from_pretrained(stories(), attn_implementation="eager").eval()


def test_that_the_story_goes_on_as_transformers_writes_it(
    writer: Subject, eager_writer: Any
) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(stories())
    prompt = tokenizer("Once upon a time", return_tensors="pt")
    expected = eager_writer.generate(**prompt, max_new_tokens=256, do_sample=False)[0]
    expected = expected[prompt["input_ids"].shape[1] :].tolist()
    found = decode(
        writer, writer.source("Once upon a time"), "Once upon a time",
        DecodingConfig(max_length=256),
    )  # fmt: skip
    assert len(expected) == 256
    assert [step.token.id for step in found.steps] == expected
    assert found.text == tokenizer.decode(expected)


def test_that_the_command_line_tells_the_same_story(
    writer: Subject, capsys: pytest.CaptureFixture[str]
) -> None:
    found = decode(
        writer, writer.source("Once upon a time"), "Once upon a time", writer.config.decoding
    )
    assert main(["decode", str(stories()), "Once upon a time"]) == 0
    assert len(found.steps) == 256
    assert capsys.readouterr().out == found.text + "\n"


def test_that_the_story_is_read_back_token_for_token(writer: Subject, eager_writer: Any) -> None:
    found = trace_sentence(writer, "Once upon a time")
    ids = [token.id for token in found.target]
    with torch.no_grad():
        given = torch.tensor([ids])
        expected = eager_writer(given, output_attentions=True).attentions
    for module in eager_writer.modules():
        module._forward_hooks.clear()
    assert len(ids) == 5 + 256
    for layer, table in enumerate(expected):
        seen = torch.from_numpy(found.weights[Site(SiteKind.DECODER, layer)])
        torch.testing.assert_close(seen, table[0], atol=1e-5, rtol=0)
    assert found.heads[Site(SiteKind.DECODER, 0)].groups == 4


def test_that_the_encoder_attends_as_in_transformers(reader: Subject) -> None:
    from transformers import AutoModel, AutoTokenizer

    text = "The old cat sleeps unbelievably well."
    model = AutoModel.from_pretrained(encoder(), attn_implementation="eager").eval()
    given = AutoTokenizer.from_pretrained(encoder())(text, return_tensors="pt")
    with torch.no_grad():
        expected = model(**given, output_attentions=True)
        hidden = reader.model.hidden(given["input_ids"], None)
    for module in model.modules():
        module._forward_hooks.clear()
    found = trace_sentence(reader, text)
    assert [token.id for token in found.source] == given["input_ids"][0].tolist()
    assert len(found.weights) == 6
    for layer, table in enumerate(expected.attentions):
        seen = torch.from_numpy(found.weights[Site(SiteKind.ENCODER, layer)])
        torch.testing.assert_close(seen, table[0], atol=1e-5, rtol=0)
    torch.testing.assert_close(hidden, expected.last_hidden_state, atol=1e-4, rtol=0)


def test_that_a_pair_has_two_segments_as_in_transformers(reader: Subject) -> None:
    from transformers import AutoModel, AutoTokenizer

    model = AutoModel.from_pretrained(encoder(), attn_implementation="eager").eval()
    given = AutoTokenizer.from_pretrained(encoder())(
        "the cat sleeps", "it is old", return_tensors="pt"
    )
    with torch.no_grad():
        expected = model(**given, output_attentions=True).attentions
    for module in model.modules():
        module._forward_hooks.clear()
    text = "the cat sleeps ||| it is old"
    found = trace_sentence(reader, text)
    assert [token.id for token in found.source] == given["input_ids"][0].tolist()
    for token in found.source:
        assert token.special or text[token.start : token.end] == token.text
    for layer, table in enumerate(expected):
        seen = torch.from_numpy(found.weights[Site(SiteKind.ENCODER, layer)])
        torch.testing.assert_close(seen, table[0], atol=1e-5, rtol=0)


def test_that_what_is_known_of_a_model_is_told(writer: Subject, reader: Subject) -> None:
    told = describe(writer)
    assert told.sites == tuple(Site(SiteKind.DECODER, layer) for layer in range(5))
    assert told.vocabulary_size == 512 and told.parameters == 260_032
    assert any("attention interface" in note for note in told.notes)
    assert describe(reader).parameters > 20_000_000
    assert any("no layer that says words" in note for note in describe(reader).notes)


def test_that_an_encoder_without_words_says_so(
    reader: Subject, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SentenceError, match="no layer that says words"):
        decode(reader, reader.source("the cat"), "the cat", DecodingConfig())
    assert main(["decode", str(encoder()), "the cat"]) == 1
    assert "no layer that says words" in capsys.readouterr().err


def test_that_the_command_line_looks_into_both(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "seen.json"
    assert main(["inspect", str(encoder()), "The cat sleeps.", "--json", str(file)]) == 0
    told = json.loads(file.read_text())
    assert "sleeps" in json.dumps(told)
    assert main(["inspect", str(stories()), "Lily saw", "--target", "a big dog"]) == 0
    assert "decoder.4  head 8" in capsys.readouterr().out


def test_that_long_sentences_are_cut_with_a_note(reader: Subject) -> None:
    sentence = reader.source("cat " * 900)
    assert len(sentence.tokens) == 512
    assert sentence.tokens[-1].piece == "[SEP]"
    assert any("Cut to 512 tokens" in note for note in sentence.notes)


def test_that_nothing_typed_is_told_in_words(reader: Subject, writer: Subject) -> None:
    for subject in (reader, writer):
        with pytest.raises(SentenceError, match="type a sentence"):
            subject.source("  ")
