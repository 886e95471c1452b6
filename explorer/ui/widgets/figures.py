"""Numbers as people read them at a glance."""


def count(number: float) -> str:
    """A whole number with its thousands set apart: `1,234,567`."""
    return f"{round(number):,}"


def short(number: float) -> str:
    """Three figures and a unit: `985`, `41.2 k`, `1.23 M`, `2.50 G`."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= size * 0.9995:
            scaled = number / size
            places = 2 if scaled < 9.995 else 1 if scaled < 99.95 else 0
            return f"{scaled:.{places}f} {unit}"
    return f"{number:.0f}"


def size(number: float) -> str:
    """Bytes in three figures and a unit of a thousand: `512 bytes`, `41.2 kB`, `1.23 GB`."""
    return f"{number:.0f} bytes" if number < 999.5 else f"{short(number)}B"


def duration(seconds: float) -> str:
    """`0:42`, `2:10`, `1:02:10`, or `3 days` from two days on."""
    whole = max(0, round(seconds))
    if whole >= 2 * 86400:
        return f"{whole // 86400} days"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
