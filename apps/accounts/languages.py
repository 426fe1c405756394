"""Languages people may say they speak: those Django can name, in the reader's language, and some it leaves out."""

from django.conf.locale import LANG_INFO
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from apps.kernel import text

FURTHER: dict[str, str | Promise] = {
    "am": lazy("Amharic"),
    "gu": lazy("Gujarati"),
    "ha": lazy("Hausa"),
    "la": lazy("Latin"),
    "lo": lazy("Lao"),
    "ps": lazy("Pashto"),
    "si": lazy("Sinhala"),
    "sgn": lazy("a sign language"),
    "so": lazy("Somali"),
    "tl": lazy("Filipino"),
    "xh": lazy("Xhosa"),
    "yo": lazy("Yoruba"),
    "zh": lazy("Chinese"),
    "zu": lazy("Zulu"),
}
# A variant of writing ("zh-hans", "en-au") is not a language of its own.
LANGUAGES: dict[str, str | Promise] = {
    code: info["name"] for code, info in LANG_INFO.items() if "name" in info and "-" not in code
} | FURTHER


def language_name(code: str) -> str:
    """The name in the reader's language; the code when there is none."""
    name = LANGUAGES.get(code, code)
    return _(name) if isinstance(name, str) else str(name)


def language_code(name: str) -> str | None:
    """The language of this name, as the reader's language or English calls it, however it is written."""
    wanted = text.fold(name)
    for code, english in LANGUAGES.items():
        if wanted in (text.fold(language_name(code)), text.fold(str(english))):
            return code
    return None


def languages_beginning(typed: str) -> list[str]:
    """Names of languages in the reader's language that begin so, in order."""
    begun = text.fold(typed)
    return sorted(name for code in LANGUAGES if text.fold(name := language_name(code)).startswith(begun))
