"""A small grammar that writes English sentences with their Chinese translations.

Chinese says first when and then where, and only then what is done; counts by a measure word that
the noun chooses; puts what describes before the noun; and says in particles what English says by
bending the verb. Words have spaces between, so that each is a token.
"""

from collections.abc import Iterator
from itertools import product

from explorer.data.tasks.drawing import Drawing
from explorer.data.tasks.grammars.chinese_words import (
    ADJECTIVES,
    FAMILY,
    NOUNS,
    NUMBERS,
    PLACES,
    POSSESSIVES,
    SPOTS,
    SUBJECTS,
    TIMES,
    VERBS,
    Noun,
    Verb,
)

Both = tuple[str, str]
"""Words in English and in Chinese."""
_OBJECTS = {verb: tuple(n for n in NOUNS if n.kind in verb.kinds) for verb in VERBS}
_FITTING = {
    noun: tuple(a for a, (_, kinds) in ADJECTIVES.items() if noun.kind in kinds) for noun in NOUNS
}
_OWNED = tuple(noun for noun in NOUNS if noun.kind not in ("food", "drink"))
# One says 我 妈妈, but 我们 的 妈妈 and 我 的 朋友.
_KIN = tuple(
    (f"{mine} {kin}", f"{whose}{' 的' if len(whose) > 1 or kin == 'friend' else ''} {name}", 3)
    for (mine, whose), (kin, name) in product(POSSESSIVES.items(), FAMILY.items())
)
_COUNTS = ("a", *NUMBERS)
_POINTING = {"this": ("这", "这些"), "that": ("那", "那些")}
_POINTED = {"this": "these", "that": "those"}
_DETERMINERS = ("", "a", "a", *_POINTING, *NUMBERS, *POSSESSIVES)


def sentence(draw: Drawing) -> Both:
    """A sentence and its translation, both with a full stop."""
    kind = draw.below(10)
    english, chinese = (
        _there_is(draw) if kind == 0 else _has(draw) if kind == 1 else
        _is_how(draw) if kind == 2 else _does(draw)
    )  # fmt: skip
    return f"{english[0].upper()}{english[1:]}.", f"{chinese} 。"


def _does(draw: Drawing) -> Both:
    who, subject, person = _subject(draw)
    verb = draw.one(VERBS)
    tense = draw.one(("habit", "past", "future", "now"))
    negated = draw.often(0.25)
    what, thing = _object(draw, draw.one(_OBJECTS[verb]), tense, negated=negated)
    when, time = _time(draw, tense, negated=negated)
    where, place = draw.one(PLACES) if draw.often(0.4) else ("", "")
    does, action = verbs(verb, tense, person, place, negated=negated)
    english = _words(who, does, what, where)
    first = when and draw.often(0.4)
    english = f"{when}, {english}" if first else _words(english, when)
    return english, _words(subject, time, action, thing)


def _subject(draw: Drawing) -> tuple[str, str, int]:
    return draw.one(SUBJECTS if draw.often(0.6) else _KIN)


def _time(draw: Drawing, tense: str, *, negated: bool) -> Both:
    """When: a past and a habit always say it, as without it Chinese could not be told apart."""
    if tense == "habit":
        return ("", "") if negated else draw.one(TIMES[tense])
    return draw.one(TIMES[tense]) if tense == "past" or draw.often(0.6) else ("", "")


def verbs(verb: Verb, tense: str, person: int, place: str, *, negated: bool) -> Both:
    """The verb with all that stands around it; in Chinese with the place before it."""
    english = _english_verb(verb, tense, person, negated)
    if tense == "now" and not negated:
        return english, _words("正在", place.removeprefix("在 "), verb.chinese)  # One 在 for both.
    before = {"past": "没有", "future": "不 会", "now": "没有", "habit": "不"}[tense]
    if not negated:
        before = "会" if tense == "future" else ""
    elif tense == "now" and not place:
        before = "没有 在"
    return english, _words(
        before, place, verb.chinese, "了" if tense == "past" and not negated else ""
    )


def _english_verb(verb: Verb, tense: str, person: int, negated: bool) -> str:
    no = "not" if negated else ""
    match tense:
        case "future":
            return _words("will", no, verb.base)
        case "now":
            return _words(("am", "are", "is")[person - 1], no, verb.doing)
        case "past":
            return f"did not {verb.base}" if negated else verb.past
        case _:
            if negated:
                return f"{'does' if person == 3 else 'do'} not {verb.base}"
            return verb.third if person == 3 else verb.base


def _object(draw: Drawing, noun: Noun, tense: str, *, negated: bool) -> Both:
    """What is done: no number under a negation, and a number or a pointer after 了."""
    plain = ("", *_POINTING, *POSSESSIVES)
    bounded = ("a", "a", *_POINTING, *NUMBERS)
    choice = plain if negated else bounded if tense == "past" else _DETERMINERS
    return _described(draw, draw.one(choice), noun)


def _described(draw: Drawing, determiner: str, noun: Noun) -> Both:
    adjective = draw.one(_FITTING[noun]) if _FITTING[noun] and draw.often(0.4) else ""
    return noun_phrase(determiner, noun, adjective, many=draw.often(0.4))


def noun_phrase(determiner: str, noun: Noun, adjective: str, *, many: bool) -> Both:
    """A noun with what stands before it in both languages; `many` makes this into these."""
    described = _words(ADJECTIVES[adjective][0], noun.chinese) if adjective else noun.chinese
    one, all_ = (_words(adjective, name) for name in (noun.english, noun.plural))
    if determiner in POSSESSIVES:
        return f"{determiner} {all_ if many else one}", f"{POSSESSIVES[determiner]} 的 {described}"
    if not determiner:
        return all_, described
    counted, counted_all = (_words(of, "of", all_) for of in noun.of) if noun.of else (one, all_)
    if determiner in _POINTING:
        if many:
            return (
                f"{_POINTED[determiner]} {counted_all}",
                f"{_POINTING[determiner][1]} {described}",
            )
        return f"{determiner} {counted}", _words(_POINTING[determiner][0], noun.measure, described)
    if determiner == "a":
        article = "an" if counted[0] in "aeiou" else "a"
        return f"{article} {counted}", _words("一", noun.measure, described)
    return f"{determiner} {counted_all}", _words(NUMBERS[determiner], noun.measure, described)


def _there_is(draw: Drawing) -> Both:
    where, place = draw.one(SPOTS)
    count = draw.one(_COUNTS)
    what, thing = _described(draw, count, draw.one(_OWNED))
    noun_is = "is" if count == "a" else "are"
    return f"there {noun_is} {what} {where}", f"{place} 有 {thing}"


def _has(draw: Drawing) -> Both:
    who, subject, person = _subject(draw)
    noun = draw.one(_OWNED)
    if draw.often(0.3):
        what, thing = _described(draw, "", noun)
        does = "does" if person == 3 else "do"
        return f"{who} {does} not have {what}", f"{subject} 没有 {thing}"
    what, thing = _described(draw, draw.one(_COUNTS), noun)
    return f"{who} {'has' if person == 3 else 'have'} {what}", f"{subject} 有 {thing}"


def _is_how(draw: Drawing) -> Both:
    noun = draw.one(tuple(n for n in _OWNED if n.of is None))
    what, thing = noun_phrase(draw.one(("this", "that", *POSSESSIVES)), noun, "", many=False)
    adjective = draw.one(tuple(a for a in _FITTING[noun] if a in _PREDICATES))
    if draw.often(0.3):
        return f"{what} is not {adjective}", f"{thing} 不 {_PREDICATES[adjective]}"
    return f"{what} is very {adjective}", f"{thing} 很 {_PREDICATES[adjective]}"


_PREDICATES = {"big": "大", "small": "小", "new": "新", "old": "旧", "beautiful": "漂亮",
               "expensive": "贵", "interesting": "有意思"}  # fmt: skip


def _words(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def words() -> Iterator[str]:
    """Texts with every word of the grammar, in every form of writing that it can take."""
    for determiner, noun, many in product(_DETERMINERS, NOUNS, (False, True)):
        for adjective in ("", *_FITTING[noun]):
            yield from noun_phrase(determiner, noun, adjective, many=many)
    for verb, tense, person, negated in product(VERBS, TIMES, (1, 2, 3), (False, True)):
        yield from verbs(verb, tense, person, "", negated=negated)
    times = [time for tense in TIMES.values() for time in tense]
    starts = [*(s[:2] for s in SUBJECTS), *(k[:2] for k in _KIN), *times]
    for english, chinese in starts:
        yield from (english, english[0].upper() + english[1:], chinese)
    for english, chinese in (*PLACES, *SPOTS):
        yield from (english, chinese)
    for english, chinese in _PREDICATES.items():
        yield from (english, chinese)
    yield "There is are has have does do not very this, that. This That 。 有 没有 不 很"
