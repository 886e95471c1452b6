"""Multi30k German to English, from the dataset's files to a BLEU figure, in three commands.

    python -m docs.multi30k cut DATA OUT
    attention-explorer train multi30k-de-en --out RUN --set task.file=OUT/train.tsv \
        --set task.validation_file=OUT/val.tsv --set task.test_file=OUT/test_2016_flickr.tsv
    attention-explorer evaluate RUN OUT/test_2016_flickr.tsv --tokenize none

The table to stand beside is that of bentrevett/pytorch-seq2seq (9.04 M parameters, BLEU 36.52):
sentences cut by spaCy's rules for each language, in lower case, words seen at least twice, greedy
output, and BLEU over these very tokens. `cut` needs `pip install spacy`, whose rules for languages
come along; no model of it is loaded.
"""

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer

PARTS = ("train", "val", "test_2016_flickr")
LANGUAGES = ("de", "en")
Cutter = Callable[[str], str]

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def main() -> None:
    """Multi30k German to English."""


@app.command()
def cut(
    data: Annotated[Path, typer.Argument(help="The dataset's folder.")],
    out: Annotated[Path, typer.Argument(help="Where the three TSV files go.")],
) -> None:
    """Write train, val and test_2016_flickr as TSV: German tokens, a tab, English tokens."""
    cutters = [_cutter(language) for language in LANGUAGES]
    out.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        columns = [list(_lines(data, part, language)) for language in LANGUAGES]
        with (out / f"{part}.tsv").open("w", encoding="utf-8") as file:
            for row in zip(*columns, strict=True):
                cells = (use(line) for use, line in zip(cutters, row, strict=True))
                file.write("\t".join(cells) + "\n")
        print(f"{out / part}.tsv  {len(columns[0]):,} pairs")


def _cutter(language: str) -> Cutter:
    import spacy  # Not needed by anything else.

    tokenizer = spacy.blank(language).tokenizer

    def use(line: str) -> str:
        return " ".join(token.text.lower() for token in tokenizer(line) if token.text.strip())

    return use


def _lines(data: Path, part: str, language: str) -> Iterator[str]:
    path = data / f"{part}.{language}"
    if path.exists():
        text = path.read_text(encoding="utf-8")
    else:
        text = gzip.decompress(path.with_name(f"{path.name}.gz").read_bytes()).decode("utf-8")
    return map(str.strip, text.rstrip("\n").split("\n"))


if __name__ == "__main__":
    app()
