"""Conversations on one line, written out by the model's own chat template."""

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("transformers")

from explorer.cli import main
from explorer.decoding.stepper import decode
from explorer.messages.config import DecodingConfig
from explorer.subjects.opening import describe, open_subject
from explorer.subjects.outside.chat import turns_of
from explorer.subjects.subject import SentenceError, Subject
from tests.small import CPU
from tests.subjects.outside.small_folder import small_folder

TEMPLATE = (
    "{% for m in messages %}{% if m.role == 'system' and not loop.first %}"
    "{{ raise_exception('instructions come first') }}{% endif %}"
    "<s>{{ m.role }}\n{{ m.content }}</s>\n{% endfor %}"
    "{% if add_generation_prompt %}<s>assistant\n{% endif %}"
)


@pytest.fixture
def talker(tmp_path: Path) -> Subject:
    """A small Llama with a template."""
    folder = small_folder(tmp_path / "talker")
    (folder / "chat_template.jinja").write_text(TEMPLATE)
    return open_subject(str(folder), CPU)


def theirs(subject: Subject, said: list[dict[str, str]], **options: Any) -> list[int]:
    """What `transformers` itself makes of a conversation."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(subject.origin)
    return tokenizer.apply_chat_template(said, return_dict=False, **options)


def test_that_a_conversation_is_read_as_the_library_reads_it(talker: Subject) -> None:
    said = [
        {"role": "system", "content": "the old cat"}, {"role": "user", "content": "once upon"},
        {"role": "assistant", "content": "a time"}, {"role": "user", "content": "on the chair"},
    ]  # fmt: skip
    text = "system: the old cat ||| user: once upon ||| assistant: a time |||user: on the chair"
    sentence = talker.source(text)
    assert sentence.ids == theirs(talker, said, add_generation_prompt=True)
    (note,) = sentence.notes
    assert note.startswith("Read by its chat template: <s>system↵the old cat</s>↵")
    typed = [text[token.start : token.end] for token in sentence.tokens]
    assert "".join(typed) == "theoldcatonceuponatimeonthechair"


def test_that_the_assistants_last_turn_is_gone_on_with(talker: Subject) -> None:
    said = [{"role": "user", "content": "a cat"}, {"role": "assistant", "content": "the old"}]
    sentence = talker.source("user: a cat ||| assistant: the old")
    assert sentence.ids == theirs(talker, said, continue_final_message=True)


def test_that_a_plain_prompt_stays_as_it_is(talker: Subject) -> None:
    assert turns_of("the user: a cat") is None
    assert talker.source("the cat").notes == ()
    assert describe(talker).foreign.chats  # type: ignore[union-attr]
    assert describe(talker).example.startswith("user:")


def test_that_what_the_template_refuses_is_told_in_words(talker: Subject) -> None:
    with pytest.raises(SentenceError, match=r"does not take this.*instructions come first"):
        talker.source("user: a cat ||| system: the fire")


def test_that_a_model_without_a_template_reads_the_text_itself(tmp_path: Path) -> None:
    subject = open_subject(str(small_folder(tmp_path / "plain")), CPU)
    assert describe(subject).foreign.chats is False  # type: ignore[union-attr]
    assert not any("template" in note for note in subject.source("user: the cat").notes)


def test_that_it_answers_in_the_decoder_and_on_the_command_line(
    talker: Subject, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "user: the cat"
    found = decode(talker, talker.source(text), text, DecodingConfig(max_length=5))
    assert len(found.steps) == 5
    assert main(["tokens", talker.origin, text]) == 0
    assert "<s> | ␣ | u | s | e | r | ↵ | t | he | c | at" in capsys.readouterr().out
