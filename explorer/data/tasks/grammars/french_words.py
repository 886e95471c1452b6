"""The words of the small English–French grammar."""

from typing import Literal, NamedTuple

Gender = Literal["m", "f"]
Kind = Literal["person", "animal", "food", "thing", "text"]


class Noun(NamedTuple):
    """A noun in both languages; `aspirated` is an h before which nothing is elided."""

    english: str
    english_plural: str
    french: str
    french_plural: str
    gender: Gender
    kind: Kind
    aspirated: bool = False


class Adjective(NamedTuple):
    """An adjective; French forms: masculine, before a vowel, feminine, both plurals."""

    english: str
    masculine: str
    before_vowel: str
    feminine: str
    masculine_plural: str
    feminine_plural: str
    before: bool
    kinds: tuple[Kind, ...]


class Verb(NamedTuple):
    """A transitive verb with `avoir`; French present of je, il, nous, vous, ils; future's stem.

    `link` is what French puts before the object, as in « parler à »; `particle` English. Animals
    do what is not `human`.
    """

    base: str
    third: str
    past: str
    particle: str
    present: tuple[str, str, str, str, str]
    participle: str
    future: str
    link: str
    kinds: tuple[Kind, ...]
    human: bool = False


NOUNS = (
    Noun("girl", "girls", "fille", "filles", "f", "person"),
    Noun("boy", "boys", "garçon", "garçons", "m", "person"),
    Noun("woman", "women", "femme", "femmes", "f", "person"),
    Noun("man", "men", "homme", "hommes", "m", "person"),
    Noun("child", "children", "enfant", "enfants", "m", "person"),
    Noun("neighbour", "neighbours", "voisin", "voisins", "m", "person"),
    Noun("sister", "sisters", "sœur", "sœurs", "f", "person"),
    Noun("brother", "brothers", "frère", "frères", "m", "person"),
    Noun("cat", "cats", "chat", "chats", "m", "animal"),
    Noun("dog", "dogs", "chien", "chiens", "m", "animal"),
    Noun("horse", "horses", "cheval", "chevaux", "m", "animal"),
    Noun("bird", "birds", "oiseau", "oiseaux", "m", "animal"),
    Noun("owl", "owls", "hibou", "hiboux", "m", "animal", aspirated=True),
    Noun("apple", "apples", "pomme", "pommes", "f", "food"),
    Noun("orange", "oranges", "orange", "oranges", "f", "food"),
    Noun("cake", "cakes", "gâteau", "gâteaux", "m", "food"),
    Noun("egg", "eggs", "œuf", "œufs", "m", "food"),
    Noun("pear", "pears", "poire", "poires", "f", "food"),
    Noun("house", "houses", "maison", "maisons", "f", "thing"),
    Noun("car", "cars", "voiture", "voitures", "f", "thing"),
    Noun("tree", "trees", "arbre", "arbres", "m", "thing"),
    Noun("dress", "dresses", "robe", "robes", "f", "thing"),
    Noun("hat", "hats", "chapeau", "chapeaux", "m", "thing"),
    Noun("umbrella", "umbrellas", "parapluie", "parapluies", "m", "thing"),
    Noun("book", "books", "livre", "livres", "m", "text"),
    Noun("letter", "letters", "lettre", "lettres", "f", "text"),
    Noun("newspaper", "newspapers", "journal", "journaux", "m", "text"),
    Noun("story", "stories", "histoire", "histoires", "f", "text"),
)
_ALIVE: tuple[Kind, ...] = ("person", "animal")
_LIFELESS: tuple[Kind, ...] = ("food", "thing", "text")
_ALL: tuple[Kind, ...] = _ALIVE + _LIFELESS

# fmt: off
ADJECTIVES = (
    Adjective("small", "petit", "petit", "petite", "petits", "petites", True, _ALL),
    Adjective("big", "grand", "grand", "grande", "grands", "grandes", True, ("animal", "thing")),
    Adjective("beautiful", "beau", "bel", "belle", "beaux", "belles", True, _ALL),
    Adjective("old", "vieux", "vieil", "vieille", "vieux", "vieilles", True,
              ("person", "animal", "thing", "text")),
    Adjective("young", "jeune", "jeune", "jeune", "jeunes", "jeunes", True, _ALIVE),
    Adjective("new", "nouveau", "nouvel", "nouvelle", "nouveaux", "nouvelles", True,
              ("thing", "text")),
    Adjective("good", "bon", "bon", "bonne", "bons", "bonnes", True, ("food", "text")),
    Adjective("black", "noir", "noir", "noire", "noirs", "noires", False, ("animal", "thing")),
    Adjective("white", "blanc", "blanc", "blanche", "blancs", "blanches", False,
              ("animal", "thing")),
    Adjective("green", "vert", "vert", "verte", "verts", "vertes", False, ("food", "thing")),
    Adjective("happy", "heureux", "heureux", "heureuse", "heureux", "heureuses", False, _ALIVE),
    Adjective("intelligent", "intelligent", "intelligent", "intelligente", "intelligents",
              "intelligentes", False, _ALIVE),
    Adjective("interesting", "intéressant", "intéressant", "intéressante", "intéressants",
              "intéressantes", False, ("text",)),
    Adjective("French", "français", "français", "française", "français", "françaises", False,
              _ALL),
)
VERBS = (
    Verb("eat", "eats", "ate", "", ("mange", "mange", "mangeons", "mangez", "mangent"),
         "mangé", "manger", "", ("food",)),
    Verb("buy", "buys", "bought", "", ("achète", "achète", "achetons", "achetez", "achètent"),
         "acheté", "achèter", "", _LIFELESS, human=True),
    Verb("read", "reads", "read", "", ("lis", "lit", "lisons", "lisez", "lisent"),
         "lu", "lir", "", ("text",), human=True),
    Verb("see", "sees", "saw", "", ("vois", "voit", "voyons", "voyez", "voient"),
         "vu", "verr", "", _ALL),
    Verb("look", "looks", "looked", "for",
         ("cherche", "cherche", "cherchons", "cherchez", "cherchent"),
         "cherché", "chercher", "", _ALL),
    Verb("look", "looks", "looked", "at",
         ("regarde", "regarde", "regardons", "regardez", "regardent"),
         "regardé", "regarder", "", _ALL),
    Verb("find", "finds", "found", "", ("trouve", "trouve", "trouvons", "trouvez", "trouvent"),
         "trouvé", "trouver", "", _ALL),
    Verb("listen", "listens", "listened", "to",
         ("écoute", "écoute", "écoutons", "écoutez", "écoutent"),
         "écouté", "écouter", "", ("person", "animal")),
    Verb("wait", "waits", "waited", "for",
         ("attends", "attend", "attendons", "attendez", "attendent"),
         "attendu", "attendr", "", ("person",)),
    Verb("talk", "talks", "talked", "to",
         ("parle", "parle", "parlons", "parlez", "parlent"),
         "parlé", "parler", "à", ("person", "animal"), human=True),
    Verb("sell", "sells", "sold", "", ("vends", "vend", "vendons", "vendez", "vendent"),
         "vendu", "vendr", "", _LIFELESS, human=True),
    Verb("draw", "draws", "drew", "", ("dessine", "dessine", "dessinons", "dessinez", "dessinent"),
         "dessiné", "dessiner", "", _ALL, human=True),
)
# fmt: on
NAMES = ("Marie", "Paul", "Alice", "Hugo")
PRONOUNS = (
    ("I", "je", 0), ("he", "il", 1), ("she", "elle", 1), ("we", "nous", 2), ("you", "vous", 3),
    ("they", "ils", 4),
)  # fmt: skip
"""English, French, and the row of the verb's forms."""
AVOIR = ("ai", "a", "avons", "avez", "ont")
FUTURE = ("ai", "a", "ons", "ez", "ont")
POSSESSIVES = {
    "my": ("mon", "ma", "mes"), "his": ("son", "sa", "ses"), "her": ("son", "sa", "ses"),
    "our": ("notre", "notre", "nos"), "their": ("leur", "leur", "leurs"),
}  # fmt: skip
PLACES = (
    ("in the garden", "dans le jardin"), ("at school", "à l'école"),
    ("in the street", "dans la rue"), ("at the market", "au marché"),
    ("near the station", "près de la gare"),
)  # fmt: skip
TIMES = {
    "present": (("every day", "tous les jours"), ("today", "aujourd'hui")),
    "past": (("yesterday", "hier"), ("last week", "la semaine dernière")),
    "future": (("tomorrow", "demain"), ("next week", "la semaine prochaine")),
}
