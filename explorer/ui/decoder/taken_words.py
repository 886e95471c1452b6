"""What a person has taken out of the model's hands, in words; knows no Qt."""

from explorer.ui.decoder.course import Course


def taken(course: Course, *, training: bool) -> str:
    """What is forced, held or searched from; empty where the model writes by itself."""
    said = [part for part in (_held(course), _forced(course)) if part]
    if said and training and course.taken_over:
        said.append("asked anew as it learns")
    return " · ".join(said)


def _held(course: Course) -> str:
    if course.wish.reference is not None:
        return "Held to the given text"
    seeds = len(course.wish.seeds)
    if seeds:
        return f"Searching on from {seeds} text{'s' if seeds > 1 else ''} chosen by hand"
    return ""


def _forced(course: Course) -> str:
    if course.wish.reference is not None:
        return ""
    count = course.forced
    if count and (course.wish.prefix or course.wish.text):
        return f"Forced up to token {count}"
    return "Banned tokens below" if course.bans else ""
