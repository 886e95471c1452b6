"""The two small grammars, read by small programs of their own."""

import re
from collections import Counter

import numpy as np
import pytest

from explorer.data.pairs import Pair
from explorer.data.tasks import TASKS
from explorer.data.tasks.grammars import chinese_words, french, french_words
from explorer.messages.config import TaskConfig


def examples(task: str, count: int = 3000) -> list[Pair]:
    chance, config = np.random.default_rng(9), TaskConfig(name="copy")
    return [TASKS[task].example(chance, config) for _ in range(count)]


# French

GENDER = {n.french: n.gender for n in french_words.NOUNS}
PLURAL_GENDER = {n.french_plural: n.gender for n in french_words.NOUNS}
FORMS_OF: dict[str, set[str]] = {}
for a in french_words.ADJECTIVES:
    for form, mark in (
        (a.masculine, "ms"), (a.before_vowel, "ms"), (a.feminine, "fs"),
        (a.masculine_plural, "mp"), (a.feminine_plural, "fp"),
    ):  # fmt: skip
        FORMS_OF.setdefault(form, set()).add(mark)
ARTICLES = {
    "le": "ms", "un": "ms", "ce": "ms", "cet": "ms", "la": "fs", "une": "fs", "cette": "fs",
    "ma": "fs", "sa": "fs", "les": "p", "des": "p", "ces": "p", "mes": "p", "ses": "p",
    "nos": "p", "leurs": "p", "aux": "p", "notre": "s", "leur": "s", "au": "ms",
}  # fmt: skip


def phrases(sentence: str) -> list[list[str]]:
    """Runs of determiner, adjectives and noun, split where the French sentence's nouns stand."""
    words = re.findall(r"\w+'|[\w]+", sentence.lower())
    found: list[list[str]] = []
    for place, word in enumerate(words):
        if word in GENDER or word in PLURAL_GENDER:
            start = place - 1 if words[place - 1] in FORMS_OF else place
            end = (
                place + 2 if place + 1 < len(words) and words[place + 1] in FORMS_OF else place + 1
            )
            found.append([words[start - 1], *words[start:end]])
    return found


def test_that_french_agrees_in_gender_and_number() -> None:
    checked = 0
    for pair in examples("english-french"):
        for determiner, *words in phrases(pair.target):
            noun = next(w for w in words if w in GENDER or w in PLURAL_GENDER)
            marks = {GENDER[noun] + "s"} if noun in GENDER else {PLURAL_GENDER[noun] + "p"}
            for word in words:
                if word != noun:
                    marks &= FORMS_OF[word]
            assert marks, (words, pair)
            mark = next(iter(marks))
            if determiner in ARTICLES:
                checked += 1
                assert set(ARTICLES[determiner]) <= set(mark), (determiner, words, pair)
    assert checked > 2000


def test_that_french_elides_before_every_vowel_and_nowhere_else() -> None:
    for pair in examples("english-french"):
        text = pair.target.lower().replace("hibou", "Hibou")
        assert not re.search(r"\b(je|ne|le|la|de) [aeiouéèêœh]", text), pair
        assert not re.search(r"\b[jnld]'[^aeiouéèêœh]", text), pair
        assert not re.search(r"\bce [aeiouéèêœh]|\b(ma|sa) [aeiouéèêœh]", text), pair
        assert not re.search(r"\b(beau|vieux|nouveau) (homme|oiseau|arbre|œuf|enfant)\b", text)
        assert not re.search(r"\bà les?\b", text), pair


def test_that_french_negation_stands_around_the_verb_and_takes_de() -> None:
    negated = [p for p in examples("english-french") if re.search(r" (not|never) ", p.source)]
    assert len(negated) > 600
    for pair in negated:
        word = "pas" if " not " in pair.source else "jamais"
        assert re.search(rf"\b(n'|ne )\w+ {word}\b", pair.target), pair
        assert "à" in pair.target or not re.search(rf"{word}( \w+)? (un|une|des) ", pair.target), (
            pair
        )
    plain = [p for p in examples("english-french") if not re.search(r" (not|never) ", p.source)]
    assert not any(re.search(r"\bn'|\bne\b|\bpas\b", p.target) for p in plain)


def test_that_french_verbs_agree_with_their_subjects() -> None:
    persons = {"je": 0, "j'": 0, "il": 1, "elle": 1, "nous": 2, "vous": 3, "ils": 4}
    checked = 0
    for pair in examples("english-french"):
        words = re.findall(r"\w+'|\w+", pair.target.lower())
        for place, word in enumerate(words[:-2]):
            if word not in persons:
                continue
            verb = words[place + 2] if words[place + 1] in ("ne", "n'") else words[place + 1]
            row = persons[word]
            fitting = {v.present[row] for v in french_words.VERBS} | {french_words.AVOIR[row]}
            fitting |= {v.future + french_words.FUTURE[row] for v in french_words.VERBS}
            checked += 1
            assert verb in fitting, pair
    assert checked > 500


@pytest.mark.parametrize(
    ("determiner", "noun", "adjective", "plural", "negated", "wanted"),
    [
        ("the", "horse", "white", True, False, "les chevaux blancs"),
        ("a", "tree", "old", False, False, "un vieil arbre"),
        ("a", "tree", "old", False, True, "de vieil arbre"),
        ("a", "apple", "small", True, False, "de petites pommes"),
        ("a", "apple", "green", True, False, "des pommes vertes"),
        ("a", "egg", None, False, True, "d'œuf"),
        ("this", "bird", None, False, False, "cet oiseau"),
        ("this", "bird", "black", True, False, "ces oiseaux noirs"),
        ("my", "story", None, False, False, "mon histoire"),
        ("my", "story", "new", False, False, "ma nouvelle histoire"),
        ("the", "man", None, False, False, "l'homme"),
        ("the", "owl", "happy", False, False, "le hibou heureux"),
        ("this", "owl", "beautiful", False, False, "ce beau hibou"),
        ("her", "orange", "good", False, False, "sa bonne orange"),
        ("their", "newspaper", "interesting", True, False, "leurs journaux intéressants"),
    ],
)  # fmt: skip
def test_that_a_french_noun_phrase_is_what_a_speaker_writes(
    determiner: str, noun: str, adjective: str | None, plural: bool, negated: bool, wanted: str
) -> None:
    chosen = next(n for n in french_words.NOUNS if n.english == noun)
    described = next((a for a in french_words.ADJECTIVES if a.english == adjective), None)
    phrase = french.noun_phrase(determiner, chosen, described, plural=plural, negated=negated)
    assert french.joined(phrase.french) == wanted


# Chinese

MEASURES = {noun.chinese: noun.measure for noun in chinese_words.NOUNS}
ENGLISH = {name: n.chinese for n in chinese_words.NOUNS for name in (n.english, n.plural)}
COUNTED = "一|两|三|四|五|六|七|八|九|十|这|那"


def test_that_chinese_counts_every_noun_by_its_measure_word() -> None:
    counted = Counter[str]()
    for pair in examples("english-chinese"):
        words = pair.target.split()
        for place, word in enumerate(words):
            before = " ".join(words[:place])
            found = re.search(
                rf"(?:^| )({COUNTED}) (\w+)(?: [^ ]+ 的| 很 贵 的| [大小新旧])?$", before
            )
            if word in MEASURES and found:
                counted[word] += 1
                assert found[2] == MEASURES[word], pair
    assert set(counted) == set(MEASURES)


def test_that_chinese_says_when_and_where_before_the_verb() -> None:
    verbs = {verb.chinese for verb in chinese_words.VERBS}
    when = [time for times in chinese_words.TIMES.values() for _, time in times]
    checked = 0
    for pair in examples("english-chinese"):
        words = pair.target.split()
        at = [words.index(verb) for verb in verbs if verb in words]
        if not at:
            continue
        rest = " ".join(words[at[0] + 1 :])
        assert not any(time in rest for time in when), pair
        assert not re.search("在 |公园|厨房|北京|学校|家", rest), pair
        checked += 1
    assert checked > 1500


def test_that_chinese_particles_tell_the_tense() -> None:
    for pair in examples("english-chinese"):
        source, words = pair.source, pair.target.split()
        assert words[-1] == "。"
        assert ("了" in words) == bool(re.search("yesterday|last week|this morning", source, re.I)
                                      and "did not" not in source), pair  # fmt: skip
        assert ("会" in words) == ("will" in source), pair
        assert ("正在" in words) == bool(re.search(r"\b(am|is|are) \w+ing ", source)), pair
        negated = bool(re.search(r" not ", source))
        assert negated == bool({"不", "没有"} & set(words)), pair


def test_that_every_english_thing_is_in_the_chinese_sentence() -> None:
    for pair in examples("english-chinese"):
        named = [word for word in re.findall(r"\w+", pair.source) if word in ENGLISH]
        assert named and all(ENGLISH[word] in pair.target.split() for word in named), pair
