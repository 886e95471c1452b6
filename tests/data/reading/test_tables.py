"""Tables to examples: separators, quotes, headers, columns, faults."""

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.data.pairs import CorpusError, Pair
from explorer.data.reading.examples import read_examples
from explorer.data.reading.tables import open_table
from explorer.messages.task_config import TaskConfig

CELLS = st.text(
    alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\r\0\ufeff"), min_size=1
).filter(lambda cell: cell.strip() == cell)
ROWS = st.lists(st.tuples(CELLS, CELLS), min_size=2, max_size=12)
ON_DISK = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read(path: Path, task: str = "pairs", **values: str) -> list[Pair]:
    config = TaskConfig.model_validate({"name": task, "file": str(path), **values})
    return read_examples(config, config.file, config.target_file, [])


def table(folder: Path, text: str, name: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return path


@ON_DISK
@given(rows=ROWS, separator=st.sampled_from(",;|\t"))
def test_that_csv_with_any_cells_comes_back(
    tmp_path: Path, rows: list[tuple[str, str]], separator: str
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writerows([("source", "target"), *rows])
    path = table(tmp_path, text.getvalue(), "a.csv")
    if rows.count(("source", "target")):
        return  # A name that comes again is no name.
    values = {"source_column": "source", "target_column": "target"}
    assert read(path, **values) == [Pair(*row) for row in rows]


@ON_DISK
@given(rows=ROWS)
def test_that_json_lines_with_any_values_come_back(
    tmp_path: Path, rows: list[tuple[str, str]]
) -> None:
    text = "".join(json.dumps({"id": 7, "target": b, "source": a}) + "\n" for a, b in rows)
    assert read(table(tmp_path, text, "a.jsonl")) == [Pair(*row) for row in rows]


def test_that_quotation_marks_in_tsv_are_letters(tmp_path: Path) -> None:
    path = table(tmp_path, '"Go," he said\tgeh\n"a\tb\n', "a.tsv")
    assert read(path) == [Pair('"Go," he said', "geh"), Pair('"a', "b")]


@pytest.mark.parametrize(
    ("first", "header"),
    [
        ("en\tfr", True), ("Text\tLabel", True), ("Go.\tVa !", False), ("house\tHaus", False),
        ("text\ttext", False), ("id\tquestion\tanswer", True),
    ],
)  # fmt: skip
def test_that_a_first_line_of_names_is_told_from_data(
    tmp_path: Path, first: str, header: bool
) -> None:
    width = first.count("\t") + 1
    rows = "".join("\t".join([f"cell {r} {c}" for c in range(width)]) + "\n" for r in range(5))
    found = open_table(table(tmp_path, f"{first}\n{rows}", "a.tsv"), TaskConfig(name="pairs"))
    assert found.columns.header is header


def test_that_numbers_under_a_word_make_it_a_name(tmp_path: Path) -> None:
    path = table(tmp_path, "opinion,points\nfine,5\nbad,1\n", "a.csv")
    assert read(path, "classes") == [Pair("fine", "5"), Pair("bad", "1")]


def test_that_columns_are_found_by_what_they_are_called(tmp_path: Path) -> None:
    path = table(tmp_path, "id,label,text\n1,good,I like it\n2,bad,I do not\n", "a.csv")
    assert read(path, "classes") == [Pair("I like it", "good"), Pair("I do not", "bad")]


def test_that_columns_are_taken_by_name_or_number(tmp_path: Path) -> None:
    path = table(tmp_path, "a\tb\tc\nd\te\tf\n", "a.tsv")
    assert read(path, source_column="3", target_column="1")[0] == Pair("c", "a")
    path = table(tmp_path, "one\ttwo\na\tb\n", "b.tsv")
    assert read(path, source_column="TWO") == [Pair("b", "a")]
    with pytest.raises(CorpusError, match=r"task\.target_column: b\.tsv has no column “four”.*one"):
        read(path, source_column="one", target_column="four")


def test_that_languages_inside_an_object_are_found(tmp_path: Path) -> None:
    text = '{"translation": {"de": "Haus", "en": "house"}}\n'
    assert read(table(tmp_path, text, "a.jsonl")) == [Pair("Haus", "house")]


def test_that_lists_of_words_and_labels_are_read(tmp_path: Path) -> None:
    text = '{"tokens": ["The", "cat"], "ner_tags": [0, 3]}\n'
    assert read(table(tmp_path, text, "a.jsonl"), "labels") == [Pair("The cat", "0 3")]


def test_that_labels_must_be_as_many_as_words(tmp_path: Path) -> None:
    path = table(tmp_path, "a b\tX Y\na b\tX\na\tX\n", "a.tsv")
    with pytest.raises(CorpusError, match="line 2 has another number of labels than of words"):
        read(path, "labels")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", 'a,"b\nc,d\n', r"line 1: a cell's quotation marks do not match"),
        ("a.jsonl", '{"a": 1}\nnope\n', r"a\.jsonl, line 2 is no JSON"),
        ("a.jsonl", "[1]\n", r"line 1 holds no object but list"),
        ("a.jsonl", '{"text": "x"}\n', r"line 1 lacks a second column"),
        ("a.csv", "source,target\nx,y\nz,\n", r"line 3 lacks “target”"),
    ],
)
def test_that_a_fault_is_named_with_its_line(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    with pytest.raises(CorpusError, match=said):
        read(table(tmp_path, text, name))


def test_that_two_files_go_line_by_line(tmp_path: Path) -> None:
    source, target = tmp_path / "a.de", tmp_path / "a.en"
    source.write_text("eins\nzwei\n\ndrei\n")
    target.write_text("one\n\n\nthree\n")
    notes: list[str] = []
    config = TaskConfig(name="pairs", file=str(source), target_file=str(target))
    pairs = read_examples(config, config.file, config.target_file, notes)
    assert pairs == [Pair("eins", "one"), Pair("drei", "three")]
    assert notes == ["Left out, being blank in one of the two files: line 2."]
    target.write_text("one\n")
    with pytest.raises(CorpusError, match=r"a\.de has 4 lines, but a\.en has 1"):
        read_examples(config, config.file, config.target_file, [])
