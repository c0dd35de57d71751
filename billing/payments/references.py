"""The reference a payer writes on a bank transfer: short, read out loud without error, wrong digits found."""

import re
import unicodedata

from stdnum.iso7064 import mod_97_10

PREFIX = "GZ"
DIGITS = 9
_WRITTEN = re.compile(r"G\s*Z[\s\-]*((?:\d[\s\-]*){11})(?!\d)", re.IGNORECASE)


def reference(number: int) -> str:
    """The reference of a serial number: nine digits and two check digits of ISO 7064 MOD 97-10."""
    digits = f"{number:0{DIGITS}d}"
    return f"{PREFIX}{digits}{mod_97_10.calc_check_digits(digits)}"


def spaced(code: str) -> str:
    """As printed: `GZ 000 000 123 45`."""
    digits = code.removeprefix(PREFIX)
    return " ".join([PREFIX, digits[:3], digits[3:6], digits[6:9], digits[9:]])


def references_in(text: str) -> list[str]:
    """Every right reference in what a bank passed on, in order; full-width digits, blanks and dashes are forgiven."""
    plain = unicodedata.normalize("NFKC", text)
    codes = [re.sub(r"\D", "", found) for found in _WRITTEN.findall(plain)]
    return list(dict.fromkeys(PREFIX + code for code in codes if mod_97_10.is_valid(code)))
