"""Stories, summaries and roles, read by small programs of their own."""

import re
from collections import Counter

import numpy as np

from explorer.data.pairs import Pair
from explorer.data.tasks import TASKS
from explorer.messages.config import TaskConfig


def examples(task: str, count: int = 3000) -> list[Pair]:
    chance, config = np.random.default_rng(9), TaskConfig(name="copy")
    return [TASKS[task].example(chance, config) for _ in range(count)]


# Stories


def told(story: str) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Where people are, who holds things, and where things lie that nobody holds."""
    people: dict[str, str] = {}
    holders: dict[str, str] = {}
    lying: dict[str, str] = {}
    for sentence in story.removesuffix(".").split(". "):
        if went := re.fullmatch(r"(\w+) (?:reached|visited|entered) (\w+)", sentence):
            people[went[1]] = went[2]
        elif took := re.fullmatch(r"(\w+) (?:took|bought) (\w+)", sentence):
            assert took[2] not in holders and lying.get(took[2], people[took[1]]) == people[took[1]]
            holders[took[2]] = took[1]
        else:
            left = re.fullmatch(r"(\w+) (?:left|sold) (\w+) in (\w+)", sentence)
            assert left and holders.pop(left[2]) == left[1] and people[left[1]] == left[3], sentence
            lying[left[2]] = left[3]
    return people, holders, lying


def test_that_questions_are_answered_as_the_story_tells() -> None:
    kinds: Counter[str] = Counter()
    for pair in examples("stories"):
        story, question = re.fullmatch(r"(.*\.) (W.*\?)", pair.source).groups()  # type: ignore[union-attr]
        people, holders, lying = told(story)
        if who := re.fullmatch(r"Who has (\w+)\?", question):
            kinds["who"] += 1
            assert pair.target == f"{who[1]} {holders[who[1]]}"
        elif thing := re.fullmatch(r"Where is ([a-z]+)\?", question):
            held = holders.get(thing[1])
            kinds["held" if held else "lying"] += 1
            chain = f"{held} {people[held]}" if held else lying[thing[1]]
            assert pair.target == f"{thing[1]} {chain}"
        else:
            kinds["where"] += 1
            person = question.removeprefix("Where is ").removesuffix("?")
            assert pair.target == f"{person} {people[person]}"
    assert len(kinds) == 4 and min(kinds.values()) > 40, kinds


def test_that_no_story_s_answer_is_just_the_last_place_or_the_likeliest() -> None:
    longer = [p for p in examples("stories") if p.source.count(".") > 2]
    pairs = [p for p in longer if "Who" not in p.source]
    last = [re.findall(r"[A-Z]\w+(?=\.)", pair.source) for pair in pairs]
    ends = [pair.target.split()[-1] for pair in pairs]
    assert np.mean([end == words[-1] for end, words in zip(ends, last, strict=True)]) < 0.6
    assert max(Counter(ends).values()) < 0.25 * len(pairs)


# Summaries


def test_that_a_summary_s_facts_stand_in_its_report() -> None:
    for pair in examples("summary"):
        found = re.fullmatch(r"(\w+) (\w+ a \w+) in (\w+) on (\w+day)\.", pair.target)
        assert found, pair.target
        name, deed, town, day = found.groups()
        sentences = re.split(r"(?<=\.) ", pair.source)
        what = [s for s in sentences if name in s and deed in s and " never " not in s]
        what = [s for s in what if "last year" not in s]
        assert what, pair
        assert any(town in s and day in s for s in sentences), pair
        assert len(sentences) > 1


def test_that_reports_name_others_too() -> None:
    others = [len(set(re.findall(r"\w+day", pair.source))) > 1 for pair in examples("summary")]
    assert np.mean(others) > 0.15


# Roles

FORMS = (
    r"(?P<agent>NP) VERB (?P<recipient>NP) (?P<patient>THING)",
    r"(?P<agent>NP) VERB (?P<patient>THING) to (?P<recipient>NP)",
    r"(?P<recipient>NP) was VERB (?P<patient>THING)( by (?P<agent>NP))?",
    r"(?P<patient>THING) was VERB to (?P<recipient>NP)( by (?P<agent>NP))?",
    r"it was (?P<patient>THING) that (?P<agent>NP) VERB to (?P<recipient>NP)",
    r"who did (?P<agent>NP) VERB (?P<patient>THING) to",
    r"who VERB (?P<patient>THING) to (?P<recipient>NP)",
    r"(?P<agent>NP) VERB (?P<patient>NP)",
    r"(?P<patient>NP) was VERB( by (?P<agent>NP))?",
    r"it was (?P<patient>NP) that (?P<agent>NP) VERB",
    r"it was (?P<agent>NP) that VERB (?P<patient>NP)",
    r"who did (?P<agent>NP) VERB",
    r"who VERB (?P<patient>NP)",
)


def patterns() -> list[re.Pattern[str]]:
    from explorer.data.tasks import roles

    verb = r"(?:\w+(?:ed|en)|\w+)"
    living = rf"(?:the|an?) (?:\w+ )?(?:{'|'.join(roles.LIVING)})"
    thing = rf"(?:the|an?) (?:\w+ )?(?:{'|'.join(roles.THINGS)})"
    return [
        re.compile(f.replace("NP", living).replace("THING", thing).replace("VERB", verb))
        for f in FORMS
    ]


def test_that_roles_are_those_that_the_form_gives() -> None:
    from explorer.data.tasks import roles

    forms, used = patterns(), set[int]()
    around = "|".join([*roles.TIMES, *roles.PLACES])
    for pair in examples("roles"):
        bare = re.sub(rf"^(?:{around}) | (?:{around})$", "", pair.source)
        number, match = next((i, m) for i, f in enumerate(forms) if (m := f.fullmatch(bare)))
        used.add(number)
        labels = dict[str, set[str]]()
        for label, word in zip(pair.target.split(), pair.source.split(), strict=True):
            labels.setdefault(label, set()).add(word)
        for role, phrase in match.groupdict().items():
            asked = bare.startswith("who ") and labels.get(role) == {"who"}
            if phrase:
                assert set(phrase.split()) <= labels[role], pair
            else:
                assert role not in labels or asked, pair
        assert len(labels["verb"]) == 1
    assert used == set(range(len(FORMS)))
