"""A small grammar that writes English sentences with their French translations.

French agrees in gender and number, elides before vowels, puts most adjectives behind the noun,
wraps the verb in its negation and turns indefinite objects under it into « de ».
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from explorer.data.tasks.drawing import Drawing
from explorer.data.tasks.grammars.french_words import (
    ADJECTIVES,
    AVOIR,
    FUTURE,
    NAMES,
    NOUNS,
    PLACES,
    POSSESSIVES,
    PRONOUNS,
    TIMES,
    VERBS,
    Adjective,
    Noun,
    Verb,
)

_VOWELS = tuple("aeiouéèêâîœ")
_SILENT = (*_VOWELS, "h")
"""Letters before which words are elided; an aspirated h is marked by a star before it."""
_ELIDED = {"le", "la", "de", "je", "ne"}
_THIRD, _THIRD_PLURAL = 1, 4
"""Rows of a verb's forms."""
_PERSONS = tuple(noun for noun in NOUNS if noun.kind == "person")
_LIVING = tuple(noun for noun in NOUNS if noun.kind in ("person", "animal"))
_FITTING = {
    kind: tuple(a for a in ADJECTIVES if kind in a.kinds) for kind in {n.kind for n in NOUNS}
}
_OBJECTS = {verb: tuple(n for n in NOUNS if n.kind in verb.kinds) for verb in VERBS}
_DETERMINERS = ("the", "a", "this", *POSSESSIVES)
_MANNERS = {"not": ["pas"], "never": ["jamais"], "often": ["souvent"], "": []}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A subject or an object in both languages; `row` is that of the verb's forms."""

    english: str
    french: tuple[str, ...]
    row: int = _THIRD


def sentence(draw: Drawing) -> tuple[str, str]:
    """A sentence and its translation, both with a capital and a full stop."""
    verb = draw.one(VERBS)
    subject = _subject(draw, verb)
    tense = draw.one(("present", "present", "past", "future"))
    if verb.base == verb.past and subject.row != _THIRD and tense == "past":
        tense = "present"  # “I read” cannot tell.
    manner = draw.one(("", "", "", "not", "never", "often"))
    thing = _object(draw, verb, negated=manner in ("not", "never"))
    english = f"{subject.english} {_english_verb(verb, tense, manner, subject.row)}{thing.english}"
    french = [*subject.french, *_french_verb(verb, tense, manner, subject.row), *thing.french]
    if draw.often(0.3):
        place = draw.one(PLACES)
        english, french = f"{english} {place[0]}", [*french, place[1]]
    if manner in ("", "not") and draw.often(0.4):
        time = draw.one(TIMES[tense] if manner == "" else TIMES[tense][1:])
        if draw.often(0.5):
            english, french = f"{english} {time[0]}", [*french, time[1]]
        else:
            english, french = f"{time[0]}, {english}", [f"{time[1]},", *french]
    return _capital(english) + ".", _capital(joined(french)) + "."


def words() -> Iterator[str]:
    """Texts with every word of the grammar, in every form of writing that it can take."""
    for noun, plural, determiner in product(NOUNS, (False, True), _DETERMINERS):
        for adjective, negated in product((None, *_FITTING[noun.kind]), (False, True)):
            phrase = noun_phrase(determiner, noun, adjective, plural=plural, negated=negated)
            yield from (phrase.english, joined(["x", *phrase.french]).removeprefix("x "))
            if not (negated or (determiner == "a" and plural)):
                yield from (_capital(phrase.english), _capital(joined([*phrase.french])))
    for verb, (english, french, row) in product(VERBS, PRONOUNS):
        for tense, manner in product(TIMES, _MANNERS):
            said = joined([french, *_french_verb(verb, tense, manner, row)])
            asked = f"{english} {_english_verb(verb, tense, manner, row)}"
            yield from (asked, _capital(asked), said, _capital(said))
            yield f"{verb.third} {verb.past} {verb.link} au aux"
    for pair in (*PLACES, *(time for times in TIMES.values() for time in times)):
        yield from (text for part in pair for text in (part, _capital(part)))
    yield from (*NAMES, "does not.", "today, hier, x.")


def joined(words: Sequence[str]) -> str:
    """French words with elision before vowels and « à le » drawn together.

    A word that begins with a star (an aspirated h) lets nothing be elided before it.
    """
    text = ""
    for word, following in zip(words, [*words[1:], "-"], strict=True):
        bare = word.removeprefix("*")
        elided = bare in _ELIDED and following.startswith(_SILENT)
        text += f"{bare[:-1]}'" if elided else f"{bare} "
    return text.replace(" à le ", " au ").replace(" à les ", " aux ").strip()


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _subject(draw: Drawing, verb: Verb) -> Phrase:
    way = draw.below(10)
    if way < 3:
        english, french, row = draw.one(PRONOUNS)
        return Phrase(english, (french,), row)
    if way == 3:
        name = draw.one(NAMES)
        return Phrase(name, (name,))
    noun, determiner = draw.one(_PERSONS if verb.human else _LIVING), draw.one(_DETERMINERS)
    plural = draw.often(0.35) and determiner != "a"
    return noun_phrase(determiner, noun, _adjective(draw, noun), plural=plural)


def _object(draw: Drawing, verb: Verb, *, negated: bool) -> Phrase:
    if "person" in verb.kinds and draw.often(0.2):
        name = draw.one(NAMES)
        found = Phrase(name, (name,))
    else:
        noun, determiner, plural = (
            draw.one(_OBJECTS[verb]),
            draw.one(_DETERMINERS),
            draw.often(0.35),
        )
        of = negated and not verb.link
        found = noun_phrase(determiner, noun, _adjective(draw, noun), plural=plural, negated=of)
    return Phrase(found.english, (verb.link, *found.french)) if verb.link else found


def _adjective(draw: Drawing, noun: Noun) -> Adjective | None:
    return draw.one(_FITTING[noun.kind]) if draw.often(0.4) else None


def noun_phrase(
    determiner: str, noun: Noun, adjective: Adjective | None, *, plural: bool,
    negated: bool = False,
) -> Phrase:  # fmt: skip
    """A noun with its determiner and adjective in both languages."""
    described = _described(noun, adjective, plural)
    first = _determiner(determiner, noun, described[0], plural=plural, negated=negated)
    if determiner == "a" and plural and adjective is not None and adjective.before:
        first = "de"  # « de petites pommes », as one writes it.
    english = _english(determiner, noun, adjective, plural)
    return Phrase(english, (first, *described), _THIRD_PLURAL if plural else _THIRD)


def _described(noun: Noun, adjective: Adjective | None, plural: bool) -> tuple[str, ...]:
    name = noun.french_plural if plural else noun.french
    vowel = _begins_with_vowel(name, noun.aspirated)
    shown = f"*{name}" if noun.aspirated else name
    if adjective is None:
        return (shown,)
    form = _form(adjective, noun, plural, vowel)
    return (form, name) if adjective.before else (shown, form)


def _form(adjective: Adjective, noun: Noun, plural: bool, vowel: bool) -> str:
    if noun.gender == "f":
        return adjective.feminine_plural if plural else adjective.feminine
    if plural:
        return adjective.masculine_plural
    return adjective.before_vowel if vowel and adjective.before else adjective.masculine


def _determiner(determiner: str, noun: Noun, following: str, *, plural: bool, negated: bool) -> str:
    vowel, masculine = _begins_with_vowel(following, False), noun.gender == "m"
    if determiner == "the":
        return "les" if plural else "le" if masculine else "la"
    if determiner == "a":
        return "de" if negated else "des" if plural else "un" if masculine else "une"
    if determiner == "this":
        return "ces" if plural else "cette" if not masculine else "cet" if vowel else "ce"
    own = POSSESSIVES[determiner]
    return own[2] if plural else own[0] if masculine or vowel else own[1]


def _begins_with_vowel(word: str, aspirated: bool) -> bool:
    return not aspirated and word.startswith(_SILENT)


def _english(determiner: str, noun: Noun, adjective: Adjective | None, plural: bool) -> str:
    name = noun.english_plural if plural else noun.english
    words = f"{adjective.english} {name}" if adjective else name
    if determiner == "a":
        return words if plural else f"an {words}" if words[0] in "aeiou" else f"a {words}"
    return f"{'these' if determiner == 'this' and plural else determiner} {words}"


def _english_verb(verb: Verb, tense: str, manner: str, row: int) -> str:
    particle = f" {verb.particle} " if verb.particle else " "
    third = row == _THIRD
    if tense == "future":
        return f"will {manner}{' ' if manner else ''}{verb.base}{particle}"
    if manner == "not":
        helper = "did" if tense == "past" else "does" if third else "do"
        return f"{helper} not {verb.base}{particle}"
    form = verb.past if tense == "past" else verb.third if third else verb.base
    return f"{manner}{' ' if manner else ''}{form}{particle}"


def _french_verb(verb: Verb, tense: str, manner: str, row: int) -> list[str]:
    behind = _MANNERS[manner]
    before = ["ne"] if manner in ("not", "never") else []
    if tense == "past":
        return [*before, AVOIR[row], *behind, verb.participle]
    form = verb.future + FUTURE[row] if tense == "future" else verb.present[row]
    return [*before, form, *behind]
