"""Sentence pairs from files, and which of them are held out."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.data.pairs import CorpusError, Pair, split_by_source
from explorer.data.reading.examples import read_pairs

GOOD = "ein Haus\ta house\nzwei\ttwo\tfurther\n\ndrei \t three\r\n"
PAIRS = [Pair("ein Haus", "a house"), Pair("zwei", "two"), Pair("drei", "three")]


def corpus(folder: Path, content: bytes, name: str = "pairs.tsv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def complaint(path: Path) -> str:
    with pytest.raises(CorpusError) as caught:
        read_pairs(path)
    return str(caught.value)


def test_that_pairs_are_read(tmp_path: Path) -> None:
    assert read_pairs(corpus(tmp_path, GOOD.encode())) == PAIRS


def test_that_a_byte_order_mark_is_no_part_of_the_first_word(tmp_path: Path) -> None:
    assert read_pairs(corpus(tmp_path, b"\xef\xbb\xbf" + GOOD.encode())) == PAIRS


def test_that_gzipped_pairs_are_read(tmp_path: Path) -> None:
    assert read_pairs(corpus(tmp_path, gzip.compress(GOOD.encode()), "pairs.tsv.gz")) == PAIRS


def test_that_a_missing_column_is_named_by_its_line(tmp_path: Path) -> None:
    found = complaint(corpus(tmp_path, b"a\tb\nalone\n\nc\td\n\tempty\n"))
    assert "pairs.tsv: lines 2, 5 lack a second column" in found
    assert "a source, a tab and a target" in found


def test_that_of_many_faulty_lines_the_first_are_named(tmp_path: Path) -> None:
    assert "lines 1, 2, 3, 4, 5 and 4 more" in complaint(corpus(tmp_path, b"alone\n" * 9))


def test_that_an_empty_file_is_told(tmp_path: Path) -> None:
    assert "holds no pairs" in complaint(corpus(tmp_path, b"\n  \n"))


@pytest.mark.parametrize("fault", ["cut", "flipped", "plain"])
def test_that_a_damaged_gzip_is_told(tmp_path: Path, fault: str) -> None:
    whole = gzip.compress(GOOD.encode() * 50)
    flipped = whole[:20] + bytes([whole[20] ^ 0xFF]) + whole[21:]
    content = {"cut": whole[:-12], "flipped": flipped, "plain": GOOD.encode()}[fault]
    found = complaint(corpus(tmp_path, content, "pairs.tsv.gz"))
    assert "pairs.tsv.gz cannot be read: " in found


def test_that_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    assert "cannot be read: No such file" in complaint(tmp_path / "nothing.tsv")
    assert "cannot be read: " in complaint(tmp_path)


pairs_lists = st.lists(
    st.builds(Pair, st.integers(0, 40).map(str), st.integers(0, 3).map(str)), max_size=80
).filter(lambda pairs: len({p.source for p in pairs}) >= 3)


@given(pairs=pairs_lists, validation=st.integers(1, 30), test=st.integers(0, 30))
def test_that_no_source_is_in_two_parts(pairs: list[Pair], validation: int, test: int) -> None:
    split = split_by_source(pairs, validation, test)
    train, watched, final = (
        {p.source for p in part} for part in (split.train, split.validation, split.test)
    )
    assert not train & watched and not train & final and not watched & final
    assert train | watched | final == {p.source for p in pairs}
    assert len(train) >= len(watched) + len(final)
    assert 1 <= len(split.validation) <= validation and len(split.test) <= test


@given(pairs=pairs_lists, data=st.data())
def test_that_the_order_of_lines_does_not_move_a_source(
    pairs: list[Pair], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(pairs))
    first, again = split_by_source(pairs, 5, 5), split_by_source(shuffled, 5, 5)
    for one, other in ((first.validation, again.validation), (first.test, again.test)):
        assert [p.source for p in one] == [p.source for p in other]
    assert sorted(map(str, first.train)) == sorted(map(str, again.train))


def test_that_too_few_sources_are_told() -> None:
    with pytest.raises(CorpusError, match="2 different sources; training needs at least 3"):
        split_by_source([Pair("a", "b"), Pair("a", "c"), Pair("d", "e")], 1, 1)
