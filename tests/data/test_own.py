"""A person's own data: vocabularies, splits, streams, and what is said about them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.data.own import prepare_own
from explorer.data.pairs import CorpusError
from explorer.data.prepare import TaskData, prepare
from explorer.data.survey import TEST, TRAIN, VALIDATION, Survey, divide
from explorer.data.text_stream import TextStream
from explorer.messages.config import RunConfig
from explorer.messages.settings import with_values

SHAKESPEARE = Path(__file__).parents[3] / "shared/data/tinyshakespeare/input.txt"
LINES = "".join(f"line {i} is here\n" for i in range(400))


def config(task: str, file: Path, architecture: str = "", **values: Any) -> RunConfig:
    usual = {"text": "decoder-only", "pairs": "encoder-decoder"}.get(task, "encoder-only")
    own = {f"task.{name}": value for name, value in values.items()}
    return with_values(
        RunConfig(),
        {"task.name": task, "task.file": str(file), "model.architecture": architecture or usual,
         **own},
    )  # fmt: skip


def prepared(task: str, file: Path, architecture: str = "", **values: Any) -> TaskData:
    return prepare(config(task, file, architecture, **values))


def written(folder: Path, text: str, name: str = "a.txt") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def learned_from(data: TaskData) -> np.ndarray:
    assert isinstance(data.stream, TextStream)
    return data.stream._ids


def spelled(data: TaskData, ids: np.ndarray) -> str:
    return data.coding.vocabularies.source.text(int(i) for i in ids)


# Running text


@pytest.mark.parametrize("kind", ["character", "word", "bpe"])
def test_that_text_is_cut_at_its_end_and_comes_back(tmp_path: Path, kind: str) -> None:
    data = prepared(
        "text", written(tmp_path, LINES), vocabulary=kind, context=8, test_share=0.05,
    )  # fmt: skip
    size = len(LINES)
    tested, held = int(size * (1 - 0.1 - 0.05)), int(size * (1 - 0.1))
    parts = [learned_from(data), data.test_text, data.validation_text]
    if kind != "word":  # A word cut in two by the seam is unknown.
        assert [spelled(data, ids) for ids in parts] == [
            LINES[:tested], LINES[tested:held], LINES[held:],
        ]  # fmt: skip
    assert parts[0].dtype == (np.uint8 if kind == "character" else np.uint16)


@pytest.mark.skipif(not SHAKESPEARE.exists(), reason="needs ../shared/data/tinyshakespeare")
def test_that_tinyshakespeare_has_65_characters_and_its_official_split() -> None:
    text = SHAKESPEARE.read_text(encoding="utf-8")
    data = prepared("text", SHAKESPEARE, vocabulary="character")
    assert len(data.coding.vocabularies.source) == 65 + 4
    official = int(len(text) * 0.9)
    assert spelled(data, learned_from(data)) == text[:official]
    assert spelled(data, data.validation_text) == text[official:]


def test_that_only_an_encoder_alone_has_a_mask(tmp_path: Path) -> None:
    file = written(tmp_path, LINES)
    sizes = {
        architecture: len(
            prepared("text", file, architecture, vocabulary="character").coding.vocabularies.source
        )
        for architecture in ("decoder-only", "encoder-only")
    }
    assert sizes["encoder-only"] == sizes["decoder-only"] + 1


def test_that_ids_are_found_again_and_made_anew_for_other_text(
    tmp_path: Path, user_folder: Path
) -> None:
    file = written(tmp_path, LINES)
    cache = user_folder / "cache" / "texts"
    first = prepared("text", file, vocabulary="character")
    made = {path: path.stat().st_mtime_ns for path in cache.rglob("*.ids")}
    assert len(made) == 3
    again = prepared("text", file, vocabulary="character")
    assert {path: path.stat().st_mtime_ns for path in cache.rglob("*.ids")} == made
    assert again.fingerprint == first.fingerprint
    written(tmp_path, LINES + "more\n")
    assert prepared("text", file, vocabulary="character").fingerprint != first.fingerprint
    assert len(list(cache.rglob("*.ids"))) == 6


def test_that_damaged_ids_are_made_anew(tmp_path: Path, user_folder: Path) -> None:
    file = written(tmp_path, LINES)
    whole = learned_from(prepared("text", file, vocabulary="character")).tolist()
    (kept,) = (user_folder / "cache").rglob("train.ids")
    kept.write_bytes(kept.read_bytes()[:-5])
    assert learned_from(prepared("text", file, vocabulary="character")).tolist() == whole


def test_that_nothing_is_left_when_cutting_is_given_up(tmp_path: Path, user_folder: Path) -> None:
    file = written(tmp_path, LINES)

    def report(doing: str, done: int, total: int) -> None:
        if doing == "Cutting text into tokens":
            raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        prepare_own(config("text", file, vocabulary="character"), None, report)
    assert list((user_folder / "cache").rglob("*.ids")) == []


def test_that_a_step_has_the_same_windows_whenever_it_is_asked(tmp_path: Path) -> None:
    stream = prepared("text", written(tmp_path, LINES), vocabulary="character").stream
    later, first, again = stream.batch(7), stream.batch(0), stream.batch(7)
    assert later.target_BT is not None and again.target_BT is not None
    assert later.target_BT.equal(again.target_BT) and first.target_BT is not None
    assert not later.target_BT.equal(first.target_BT)


def test_that_every_window_is_text_as_it_stands(tmp_path: Path) -> None:
    data = prepared("text", written(tmp_path, LINES), vocabulary="character", context=16)
    batch = data.stream.batch(3)
    assert batch.target_BT is not None
    rows = batch.target_BT.numpy()
    due = batch.expected_N.view(rows.shape).numpy()
    for row, following in zip(rows, due, strict=True):
        assert spelled(data, [*row, following[-1]]) in LINES  # type: ignore[arg-type]


def test_that_documents_of_a_folder_are_held_out_whole(tmp_path: Path) -> None:
    for i in range(30):
        written(tmp_path, f"document {i % 25} says {i % 25}\n", f"{i:02}.txt")
    (tmp_path / "picture.bin").write_bytes(b"\0\1\2")
    data = prepared("text", tmp_path, vocabulary="character", context=8)
    train, held = (
        set(spelled(data, ids).strip().split("\n"))
        for ids in (learned_from(data), data.validation_text)
    )
    assert len(held) == 2 and len(train) == 23 and not train & held
    assert (learned_from(data) == 3).sum() == 30 - (data.validation_text == 3).sum()
    assert data.notes == ("1 file is no text and left out: picture.bin.",)


def test_that_held_out_files_are_taken_as_they_are(tmp_path: Path) -> None:
    file, other = written(tmp_path, LINES), written(tmp_path, "here is line 7\n", "b.txt")
    data = prepared("text", file, vocabulary="character", context=8, validation_file=str(other))
    assert spelled(data, data.validation_text) == "here is line 7\n"
    assert spelled(data, learned_from(data)) == LINES


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "there is no text in it"), ("short\n", r"task\.context: windows of 128 tokens")],
)
def test_that_too_little_text_is_said(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(CorpusError, match=said):
        prepared("text", written(tmp_path, text), vocabulary="character")


lengths = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 500)), min_size=1, max_size=60)


@settings(deadline=None)
@given(documents=lengths, held=st.floats(0.01, 0.45), tested=st.sampled_from([0.0, 0.1, 0.4]))
def test_that_every_character_is_in_one_part_and_equal_documents_together(
    documents: list[tuple[int, int]], held: float, tested: float
) -> None:
    found = Survey()
    found.hashes.extend(number for number, _ in documents)
    found.lengths.extend(length for _, length in documents)
    texts = [[chr(65 + number) * length] for number, length in documents]
    parts: dict[int, str] = {TRAIN: "", TEST: "", VALIDATION: ""}
    for pieces in divide(found, held, tested).route(texts):
        for part, piece in pieces:
            parts[part] += piece
    whole = "".join(piece for pieces in texts for piece in pieces)
    assert sorted("".join(parts.values())) == sorted(whole)
    if len(documents) >= 10 and len({number for number, _ in documents}) > 9:
        assert not set(parts[TRAIN]) & set(parts[VALIDATION])
        assert parts[TRAIN] and parts[VALIDATION]
    else:
        assert parts[TRAIN] + parts[TEST] + parts[VALIDATION] == whole or len(documents) >= 10


# Pairs, labels, classes


def labelled(folder: Path) -> Path:
    rows = [f"Dog{i} runs, Fast\tB-PER O V" for i in range(20)]
    return written(folder, "\n".join(rows), "a.tsv")


@pytest.mark.parametrize("kind", ["word", "character", "bpe"])
def test_that_labels_stay_whole_and_every_word_has_one(tmp_path: Path, kind: str) -> None:
    data = prepared("labels", labelled(tmp_path), vocabulary=kind, lowercase=True)
    words = data.coding.vocabularies
    assert {words.target.token(i).text for i in range(4, len(words.target))} == {"B-PER", "O", "V"}
    (row,) = data.coding.read(["Never-seen Dog1 runs,"])  # Unknown words have their places too.
    assert len(data.coding.places_of(row)) == 3
    batch = data.stream.batch(0)
    assert len(batch.expected_N) == 3 * len(data.stream._sources)  # type: ignore[attr-defined]


def test_that_a_class_is_one_token_with_its_spaces(tmp_path: Path) -> None:
    rows = "".join(f"text {i}\t{'Very Good' if i % 2 else 'bad'}\n" for i in range(20))
    data = prepared("classes", written(tmp_path, rows, "a.tsv"), lowercase=True)
    target = data.coding.vocabularies.target
    assert {target.token(i).text for i in range(4, len(target))} == {"Very Good", "bad"}
    assert len(data.coding.say(["Very Good"])[0]) == 1


def test_that_separate_vocabularies_hold_their_own_words(tmp_path: Path) -> None:
    rows = "".join(f"Haus{i} da\thouse{i} there\n" for i in range(20))
    file = written(tmp_path, rows, "a.tsv")
    words = prepared("pairs", file, shared_vocabulary=False).coding.vocabularies
    assert words.target.tokens("Haus1")[0].unknown and words.source.tokens("house1")[0].unknown
    assert prepared("pairs", file).coding.vocabularies.shared
    alone = prepared("pairs", file, "decoder-only", shared_vocabulary=False)
    assert alone.coding.vocabularies.shared


def test_that_rare_words_are_unknown(tmp_path: Path) -> None:
    rows = "".join(f"often w{i}\ty\n" for i in range(20))
    source = prepared("pairs", written(tmp_path, rows, "a.tsv"), min_count=2)
    assert [t.unknown for t in source.coding.vocabularies.source.tokens("often w1")] == [
        False,
        True,
    ]


def test_that_held_out_pairs_in_files_of_their_own_are_used_and_doubles_told(
    tmp_path: Path,
) -> None:
    file = written(tmp_path, "".join(f"s{i}\tt{i}\n" for i in range(20)), "a.tsv")
    other = written(tmp_path, "s1\tt1\nnew\tt\n", "b.tsv")
    data = prepared("pairs", file, validation_file=str(other), test=0)
    assert [pair.source for pair in data.validation] == ["s1", "new"] and data.test == []
    assert data.notes == ("Also in the training file: 1 of 2 validation sources.",)


def test_that_two_held_out_files_are_asked_for_where_the_corpus_has_two(tmp_path: Path) -> None:
    files = [written(tmp_path, "".join(f"{n}{i}\n" for i in range(9)), n) for n in ("a", "b", "c")]
    values = {"target_file": str(files[1])}
    data = prepared("pairs", files[0], validation_file=f"{files[2]}|{files[1]}", **values)
    assert data.validation[0].source == "c0" and data.validation[0].target == "b0"
    with pytest.raises(CorpusError, match=r"needs its targets' file as well.*\|FILE"):
        prepared("pairs", files[0], validation_file=str(files[2]), **values)
