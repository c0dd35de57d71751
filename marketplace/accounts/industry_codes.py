"""The national classification of industries GB/T 4754-2017: sections, divisions, groups, classes."""

import gzip
from functools import cache
from importlib.resources import files


@cache
def industries() -> dict[str, str]:
    """Code → Chinese name, all 1,971 of them; the parent of a code is its prefix."""
    packed = files("marketplace.accounts.industries").joinpath("gbt4754-2017.tsv.gz").read_bytes()
    lines = gzip.decompress(packed).decode("utf-8").splitlines()
    pairs = (line.partition("\t") for line in lines if line)
    return {code.strip(): name.strip("\u3000 ") for code, _, name in pairs}


@cache
def industry_choices() -> tuple[tuple[str, str], ...]:
    """What a form offers: every group (three digits), manufacturing first."""
    groups = [(code, f"{code} {name}") for code, name in industries().items() if len(code) == 4]
    return tuple(sorted(groups, key=lambda choice: (not choice[0].startswith("C"), choice[0])))
