"""What is known of a person's data, in words; knows no Qt."""

from explorer.messages.data_preview import DataPreview

ENCODINGS: dict[str, str] = {
    "utf-8": "UTF-8", "utf-16": "UTF-16", "cp1252": "Western (cp1252)",
    "iso8859_15": "Western (ISO 8859-15)", "cp1250": "Central European (cp1250)",
    "iso8859_2": "Central European (ISO 8859-2)", "cp1251": "Cyrillic (cp1251)",
    "koi8_r": "Cyrillic (KOI8-R)", "cp1253": "Greek (cp1253)", "cp1254": "Turkish (cp1254)",
    "cp1255": "Hebrew (cp1255)", "cp1256": "Arabic (cp1256)", "cp1257": "Baltic (cp1257)",
    "cp874": "Thai (cp874)", "gb18030": "Chinese (GB 18030)", "big5": "Chinese (Big5)",
    "shift_jis": "Japanese (Shift JIS)", "euc_jp": "Japanese (EUC)", "euc_kr": "Korean (EUC)",
}  # fmt: skip
"""Encodings to choose from, as people know them."""
_MARKED = {"utf-8-sig": "UTF-8", "utf-32": "UTF-32", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}


def encoding_words(name: str) -> str:
    """An encoding as people know it."""
    parts = name.split(", ")
    return ", ".join(dict.fromkeys(ENCODINGS.get(p, _MARKED.get(p, p)) for p in parts if p))


def size_words(size: int) -> str:
    """Bytes as a person reads them."""
    for unit, one in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= one:
            return f"{size / one:.1f} {unit}"
    return f"{size} bytes"


def facts(found: DataPreview) -> str:
    """Form, size and length in a line: “CSV · 1.2 MB · about 12,000 rows”."""
    packed = found.settings.file.endswith(".gz")
    about = "" if found.exact else "more than " if packed else "about "
    count = found.count if found.exact else _rounded(found.count)
    unit = found.unit.removesuffix("s") if found.count == 1 else found.unit
    how = f"{about}{count:,} {unit}" if found.unit and found.count else ""
    kind = {"text": "text file", "folder": "folder of texts"}.get(found.kind, found.kind)
    return " · ".join(part for part in (kind, size_words(found.bytes), how) if part)


def _rounded(count: int) -> int:
    """Two figures of a number that is a guess."""
    step = 10 ** max(0, len(str(count)) - 2)
    return round(count / step) * step


def cut_facts(found: DataPreview) -> str:
    """How many tokens, and of which vocabulary: “9 tokens · 66 entries learned from …”."""
    if not found.vocabulary:
        return ""
    count = len(found.tokens)
    learned = "all of it" if found.whole else "its first 256 kB"
    unknown = sum(token.unknown for token in found.tokens)
    lacking = f" · {unknown} unknown" if unknown else ""
    return (
        f"{count} token{'s' * (count != 1)}{lacking} · vocabulary of {found.vocabulary:,} "
        f"learned from {learned}"
    )


def label_words(found: DataPreview) -> str:
    """The labels in a line, the most frequent first."""
    if not found.labels:
        return ""
    shown = ", ".join(f"{label} ({count:,})" for label, count in found.labels[:8])
    more = " …" if len(found.labels) > 8 else ""
    number = len(found.labels)
    return f"{number}{'+' * (number >= 50)} label{'s' * (number != 1)}: {shown}{more}"


def column_words(found: DataPreview) -> list[str]:
    """Each column as it is offered: its name, or its number and what it begins with."""
    if found.header or found.kind == "two files":
        return list(found.columns)
    first = found.rows[0] if found.rows else ()
    cells = [*first, *[""] * (len(found.columns) - len(first))]
    return [
        f"{number}: {cell[:24]}{'…' * (len(cell) > 24)}" if cell else str(number)
        for number, cell in zip(range(1, len(found.columns) + 1), cells, strict=False)
    ]
