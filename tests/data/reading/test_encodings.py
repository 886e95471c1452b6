"""Bytes to text: marks, guesses, faults with their line."""

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.data.pairs import CorpusError
from explorer.data.reading.encodings import PIECE, decoded, find_encoding, lines

SPEECH = {
    "cp1252": "Der größere Bär läuft über die Straße zum Fluß. Tschüß, sagte er später.\n",
    "cp1251": "Мама мыла раму, а папа читал газету и пил горячий чай.\n",
    "cp1253": "Η γρήγορη καφέ αλεπού πηδάει πάνω από το σκυλί.\n",
    "gb18030": "今天天气很好，我们去公园散步吧。\n",
    "shift_jis": "今日はとても良い天気ですね。散歩に行きましょう。\n",
    "euc_kr": "오늘 날씨가 정말 좋습니다. 공원에 갑시다.\n",
}


def written(folder: Path, content: bytes, name: str = "text.txt") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def text_of(path: Path, asked: str = "") -> str:
    return "".join(decoded(path, find_encoding(path, asked)))


@pytest.mark.parametrize("name", SPEECH)
@pytest.mark.parametrize("times", [1, 40])
def test_that_an_old_encoding_is_guessed_and_said(tmp_path: Path, name: str, times: int) -> None:
    path = written(tmp_path, (SPEECH[name] * times).encode(name))
    found = find_encoding(path)
    assert "".join(decoded(path, found)) == SPEECH[name] * times
    assert "which is a guess" in found.note(path) and "task.encoding" in found.note(path)


def test_that_a_guess_looks_at_letters_far_behind_plain_ones(tmp_path: Path) -> None:
    text = "plain text\n" * 30_000 + SPEECH["cp1252"]
    assert text_of(written(tmp_path, text.encode("cp1252"))) == text


TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\r\0\ufeff"))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS, name=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
def test_that_unicode_comes_back_as_it_was(tmp_path: Path, text: str, name: str) -> None:
    path = written(tmp_path, text.encode(name))
    assert text_of(path) == text
    assert text_of(path, name) == text
    assert find_encoding(path).note(path) == ""


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS, packed=st.booleans())
def test_that_lines_are_the_text_and_only_newlines_end_them(
    tmp_path: Path, text: str, packed: bool
) -> None:
    content = text.replace("\n", "\r\n").encode()
    path = (
        written(tmp_path, gzip.compress(content), "a.gz") if packed else written(tmp_path, content)
    )
    assert (
        list(lines(path, find_encoding(path)))
        == (text.split("\n") if text else [])[: -1 if text.endswith("\n") else None]
    )


def test_that_letters_on_the_seam_of_two_pieces_are_whole(tmp_path: Path) -> None:
    for shift in range(4):
        text = "x" * (PIECE - shift) + "€😀é" * 30_000
        assert text_of(written(tmp_path, text.encode())) == text


def test_that_a_byte_that_does_not_fit_is_named_by_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, b"ok\r\nfine\n" * 9_000 + b"na\xefve\n")
    with pytest.raises(CorpusError, match=r"text\.txt, line 18001: the byte 0xef does not fit"):
        text_of(path, "utf-8")


def test_that_an_encoding_that_there_is_not_names_the_setting(tmp_path: Path) -> None:
    path = written(tmp_path, b"a")
    for asked in ("klingon", "base64", "hex"):
        with pytest.raises(CorpusError, match=r"task\.encoding: there is no encoding"):
            find_encoding(path, asked)


@pytest.mark.parametrize("asked", ["", "cp1252"])
def test_that_a_picture_is_no_text(tmp_path: Path, asked: str) -> None:
    path = written(tmp_path, b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00" + bytes(range(200)))
    with pytest.raises(CorpusError, match=r"is no text \(line 3 holds a zero byte\)"):
        find_encoding(path, asked)


def test_that_wide_letters_without_a_mark_are_known(tmp_path: Path) -> None:
    for name in ("utf-16-le", "utf-16-be"):
        assert text_of(written(tmp_path, ("hello there\n" * 5).encode(name))) == "hello there\n" * 5
