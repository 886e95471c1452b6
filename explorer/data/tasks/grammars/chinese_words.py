"""The words of the small English–Chinese grammar."""

from typing import Literal, NamedTuple

Kind = Literal["animal", "food", "drink", "clothes", "thing", "text"]


class Noun(NamedTuple):
    """A noun with the measure word that Chinese counts it by.

    What English counts by a measure too has it in `of`, such as cup and cups.
    """

    english: str
    plural: str
    chinese: str
    measure: str
    kind: Kind
    of: tuple[str, str] | None = None


class Verb(NamedTuple):
    """A verb with its kinds of objects."""

    base: str
    third: str
    past: str
    doing: str
    chinese: str
    kinds: tuple[Kind, ...]


# fmt: off
NOUNS = (
    Noun("cat", "cats", "猫", "只", "animal"),
    Noun("dog", "dogs", "狗", "只", "animal"),
    Noun("bird", "birds", "鸟", "只", "animal"),
    Noun("rabbit", "rabbits", "兔子", "只", "animal"),
    Noun("horse", "horses", "马", "匹", "animal"),
    Noun("apple", "apples", "苹果", "个", "food"),
    Noun("egg", "eggs", "鸡蛋", "个", "food"),
    Noun("noodles", "noodles", "面条", "碗", "food", ("bowl", "bowls")),
    Noun("rice", "rice", "米饭", "碗", "food", ("bowl", "bowls")),
    Noun("cake", "cake", "蛋糕", "块", "food", ("piece", "pieces")),
    Noun("tea", "tea", "茶", "杯", "drink", ("cup", "cups")),
    Noun("coffee", "coffee", "咖啡", "杯", "drink", ("cup", "cups")),
    Noun("milk", "milk", "牛奶", "瓶", "drink", ("bottle", "bottles")),
    Noun("shirt", "shirts", "衬衫", "件", "clothes"),
    Noun("coat", "coats", "大衣", "件", "clothes"),
    Noun("skirt", "skirts", "裙子", "条", "clothes"),
    Noun("shoes", "shoes", "鞋", "双", "clothes", ("pair", "pairs")),
    Noun("umbrella", "umbrellas", "雨伞", "把", "thing"),
    Noun("chair", "chairs", "椅子", "把", "thing"),
    Noun("table", "tables", "桌子", "张", "thing"),
    Noun("bicycle", "bicycles", "自行车", "辆", "thing"),
    Noun("car", "cars", "汽车", "辆", "thing"),
    Noun("computer", "computers", "电脑", "台", "thing"),
    Noun("book", "books", "书", "本", "text"),
    Noun("dictionary", "dictionaries", "词典", "本", "text"),
    Noun("letter", "letters", "信", "封", "text"),
    Noun("newspaper", "newspapers", "报纸", "份", "text"),
)
VERBS = (
    Verb("eat", "eats", "ate", "eating", "吃", ("food",)),
    Verb("drink", "drinks", "drank", "drinking", "喝", ("drink",)),
    Verb("read", "reads", "read", "reading", "看", ("text",)),
    Verb("buy", "buys", "bought", "buying", "买", ("food", "drink", "clothes", "thing", "text")),
    Verb("sell", "sells", "sold", "selling", "卖", ("food", "clothes", "thing", "text")),
    Verb("wash", "washes", "washed", "washing", "洗", ("clothes",)),
    Verb("draw", "draws", "drew", "drawing", "画", ("animal", "thing")),
    Verb("borrow", "borrows", "borrowed", "borrowing", "借", ("thing", "text")),
)
ADJECTIVES: dict[str, tuple[str, tuple[Kind, ...]]] = {
    "big": ("大", ("animal", "thing")),
    "small": ("小", ("animal", "thing")),
    "new": ("新", ("clothes", "thing", "text")),
    "old": ("旧", ("clothes", "thing", "text")),
    "red": ("红色 的", ("clothes", "thing")),
    "black": ("黑色 的", ("animal", "clothes", "thing")),
    "white": ("白色 的", ("animal", "clothes", "thing")),
    "beautiful": ("漂亮 的", ("animal", "clothes", "thing")),
    "expensive": ("很 贵 的", ("clothes", "thing", "text")),
    "interesting": ("有意思 的", ("text",)),
}
# fmt: on
NUMBERS = {
    "two": "两",
    "three": "三",
    "four": "四",
    "five": "五",
    "six": "六",
    "seven": "七",
    "eight": "八",
    "nine": "九",
    "ten": "十",
}  # fmt: skip
POSSESSIVES = {"my": "我", "your": "你", "his": "他", "her": "她", "our": "我们", "their": "他们"}
SUBJECTS = (
    ("I", "我", 1), ("you", "你", 2), ("he", "他", 3), ("she", "她", 3), ("we", "我们", 2),
    ("they", "他们", 2), ("the teacher", "老师", 3), ("the doctor", "医生", 3),
    ("this student", "这 个 学生", 3), ("that child", "那 个 孩子", 3),
    ("these students", "这些 学生", 2), ("two children", "两 个 孩子", 2), ("Lily", "莉莉", 3),
    ("Tom", "汤姆", 3),
)  # fmt: skip
"""English, Chinese, and how the English verb bends: as after I, as after they, as after he."""
FAMILY = {
    "mother": "妈妈", "father": "爸爸", "older brother": "哥哥", "younger brother": "弟弟",
    "older sister": "姐姐", "younger sister": "妹妹", "friend": "朋友",
}  # fmt: skip
PLACES = (
    ("at home", "在 家"), ("at school", "在 学校"), ("in the park", "在 公园 里"),
    ("in the shop", "在 商店 里"), ("in the kitchen", "在 厨房 里"), ("in Beijing", "在 北京"),
)  # fmt: skip
SPOTS = (
    ("in the park", "公园 里"), ("in the shop", "商店 里"), ("in the room", "房间 里"),
    ("on the street", "街 上"), ("in front of the house", "房子 前面"),
    ("behind the school", "学校 后面"),
)  # fmt: skip
TIMES = {
    "habit": (("every day", "每天"), ("every morning", "每天 早上"), ("on Sundays", "星期天")),
    "past": (("yesterday", "昨天"), ("last week", "上 个 星期"), ("this morning", "今天 早上")),
    "future": (("tomorrow", "明天"), ("next week", "下 个 星期"), ("tonight", "今天 晚上")),
    "now": (("now", "现在"),),
}
