"""How Chinese characters sound, so that a word typed by its sound is still found (数空车床, shukong, skcc).

`pinyin.tsv` lists the 6,763 characters of GB/T 2312 by the toneless syllable of their usual reading (readings as in
the MIT-licensed pypinyin). Rarer characters have no sound here and match only themselves.
"""

from functools import lru_cache
from importlib.resources import files

from search.text.folding import folded


@lru_cache(maxsize=1)
def _sounds() -> dict[str, str]:
    rows = files("search.text").joinpath("pinyin.tsv").read_text(encoding="utf-8").splitlines()
    return {
        character: syllable for syllable, characters in (row.split("\t") for row in rows) for character in characters
    }


def syllables(text: str) -> tuple[str, ...]:
    """The sound of each character; what has none stands for itself."""
    sounds = _sounds()
    return tuple(sounds.get(character, character) for character in folded(text))


@lru_cache(maxsize=2048)
def blurred(syllable: str) -> str:
    """The syllable with what many speakers do not tell apart made equal: zh/z, ch/c, sh/s, n/l, ing/in, ang/an."""
    if len(syllable) < 2 or not syllable.isascii():
        return syllable
    start = syllable.replace("zh", "z").replace("ch", "c").replace("sh", "s")
    start = "l" + start[1:] if start[0] == "n" else start
    return start.removesuffix("g") if start.endswith("ng") else start


def sound_key(text: str) -> str:
    """Equal for texts that sound alike to many speakers."""
    return " ".join(blurred(syllable) for syllable in syllables(text))


def initials(text: str) -> str:
    """First letters of the syllables: 数控车床 is `skcc`."""
    return "".join(syllable[0] for syllable in syllables(text))


@lru_cache(maxsize=1)
def _alike() -> dict[str, str]:
    alike: dict[str, str] = {}
    for character, syllable in _sounds().items():
        alike[blurred(syllable)] = alike.get(blurred(syllable), "") + character
    return alike


def homophones(character: str) -> str:
    """Other characters that sound like this one to many speakers."""
    own = folded(character)
    return _alike().get(blurred(_sounds().get(own, "")), "").replace(own, "")
