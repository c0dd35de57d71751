"""The words of each package: Chinese is the message itself, English lies beside the package as a .po file."""

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask_babel import Domain, get_locale
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("marketplace", "search", "billing", "credit")
LOCALES = ("zh_CN", "en")


def catalogue_files(language: str) -> list[Path]:
    """Every package's catalogue of the language, in a stable order."""
    pattern = f"**/translations/{language}/LC_MESSAGES/messages.po"
    return sorted(path for package in PACKAGES for path in (ROOT / package).glob(pattern))


@cache
def translations(language: str) -> Translations:
    """All packages' words in one language, read straight from their .po files (no compiled files to keep in step)."""
    merged = Translations()
    for path in catalogue_files(language):
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language, ignore_obsolete=True)
        compiled = BytesIO()
        write_mo(compiled, catalogue)
        compiled.seek(0)
        merged.merge(Translations(compiled))
    return merged


class Words(Domain):
    """What `_()` looks up: a flask-babel domain over every package's catalogue."""

    def get_translations(self) -> Translations:
        """The words of the reader's language; Chinese messages stand for themselves."""
        return _translations_now()


def _translations_now() -> Translations:
    locale = get_locale()
    return translations(locale.language if locale else "zh")


def gettext(message: str, **values: object) -> str:
    """The message in the reader's language, inside a request; `%(name)s` takes the values."""
    found = _translations_now().gettext(message)
    return found % values if values else found


@pass_context
def word_on_page(context: Context, message: str, /, **values: object) -> str:
    """`_()` of the templates: what `gettext` of jinja2's extension does, in one step; a page says hundreds of words."""
    found = _translations_now().gettext(message)
    if not context.eval_ctx.autoescape:
        return found % values
    return Markup(found) % values if values else Markup(found % values)  # noqa: S704 - our own words


def translate(locale: str, message: str, **values: object) -> str:
    """The message in a given language, outside a request (mail, files, jobs)."""
    found = translations(locale.partition("_")[0]).gettext(message)
    return found % values if values else found
