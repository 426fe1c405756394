"""What a viewer does not want to hear of: threads and words they muted. A filter at read, in lists that were not asked
for by name; whatever has run out counts as none, at once.

`QUIET` is the one definition, as a condition for SQL about a post `p`, and `QUIET_ORIGINAL` the same about `o`. Their
parameters: `me`, the viewer's id, and `quiet`, what `muted_words_pattern` gives (NULL when it gives None). One's own
posts are never quiet. Whoever keeps what was chosen by it hangs it on `quiet_tag`, and not for longer than a few
minutes, because mutes run out.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, F, Func, Q
from django.db.models.functions import Now
from django.utils import timezone

from apps.kernel.cache import cached
from apps.posts.models import MutedThread, MutedWord

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler

    from apps.accounts.models import User

_DOTTED = "i\u0307"  # what becomes of İ
HOLDS = Q(until=None) | Q(until__gt=Now())


def _folded(column: str) -> str:
    """SQL for kernel.text.fold, near enough, and without the dot that folding leaves of İ.

    Composing is dear (12 µs a post), and needless for a text in ASCII.
    """
    plain = f"translate(lower(translate({column}, E'\\u200c\\u200d', '')), 'ς', 'σ')"
    composed = f"lower(normalize(replace(replace({plain}, 'ß', 'ss'), E'{_DOTTED}', 'i'), NFKC))"
    return f"CASE WHEN octet_length({column}) = length({column}) THEN lower({column}) ELSE {composed} END"


def _says(post: str) -> str:
    """Whether the text, the content warning or the poll of a post has a muted word."""
    return f"""(
        ({_folded(f"{post}.body")}) ~ %(quiet)s OR ({_folded(f"{post}.warning")}) ~ %(quiet)s
        OR ({post}.has_poll AND EXISTS (
            SELECT 1 FROM posts_poll q JOIN posts_polloption o ON o.poll_id = q.post_id WHERE q.post_id = {post}.id
            AND (({_folded("q.question")}) ~ %(quiet)s OR ({_folded("o.text")}) ~ %(quiet)s))))"""


def _quiet(post: str) -> str:
    return f"""({post}.author_id <> %(me)s AND (
    coalesce({post}.repost_of_id, {post}.id)
        = ANY (ARRAY(SELECT post_id FROM posts_mutedthread WHERE person_id = %(me)s))
    OR (%(quiet)s::text IS NOT NULL AND ({_says(post)} OR EXISTS (
        SELECT 1 FROM posts_post shown
        WHERE shown.id = coalesce({post}.repost_of_id, {post}.quoted_id) AND {post}.detached_at IS NULL
          AND shown.author_id <> %(me)s AND {_says("shown")})))))"""


QUIET, QUIET_ORIGINAL = _quiet("p"), _quiet("o")


@dataclass(frozen=True, slots=True)
class _Muted:
    words: tuple[tuple[str, datetime | None], ...]
    has_threads: bool


def quiet_tag(person_id: int) -> str:
    return f"quiet:{person_id}"


def muted_words_pattern(viewer: "User | AnonymousUser") -> str | None:
    """A PostgreSQL regular expression for folded text (see QUIET); None when nothing is muted. No query while kept."""
    now = timezone.now()
    return pattern_of([word for word, until in _muted(viewer).words if until is None or until > now])


def not_quiet(viewer: "User | AnonymousUser", column: str = "pk") -> Q:
    """QUIET as a condition for the ORM: posts, named by `column`, that the viewer wants to hear of."""
    return quiet_left_out(viewer.pk or 0, muted_words_pattern(viewer), column) if has_quiet(viewer) else Q()


def has_quiet(viewer: "User | AnonymousUser") -> bool:
    """Whether the viewer has muted any word or thread. No query while kept."""
    return muted_words_pattern(viewer) is not None or _muted(viewer).has_threads


def quiet_left_out(me: int, quiet: str | None, column: str = "pk") -> Q:
    """`not_quiet` for statements (kernel.statements), with QUIET's parameters."""
    return Q(_NotQuiet(F(column), me=me, quiet=quiet))


def _muted(viewer: "User | AnonymousUser") -> _Muted:
    if not viewer.is_authenticated:
        return _Muted((), has_threads=False)
    person_id = viewer.pk
    return cached("quiet", person_id, tags=[quiet_tag(person_id)], make=lambda: _read(person_id))


def _read(person_id: int) -> _Muted:
    words = MutedWord.objects.filter(HOLDS, person=person_id).order_by("word").values_list("word", "until")
    return _Muted(tuple(words), has_threads=MutedThread.objects.filter(person=person_id).exists())


class _NotQuiet(Func):
    """NOT QUIET of the post that the one expression names."""

    output_field = BooleanField()

    def __init__(self, post: F, *, me: int, quiet: str | None) -> None:
        super().__init__(post)
        self.values: dict[str, Any] = {"me": me, "quiet": quiet}

    def as_sql(
        self,
        compiler: "SQLCompiler",
        connection: "BaseDatabaseWrapper",
        function: str | None = None,
        template: str | None = None,
        arg_joiner: str | None = None,
        **extra: Any,
    ) -> tuple[str, tuple[str | int, ...]]:
        named, params = compiler.compile(self.source_expressions[0])
        text, *rest = re.split(r"%\((\w+)\)s", QUIET)
        places = rest[::2]
        text += "".join(f"%s{between}" for between in rest[1::2])
        condition = f"NOT EXISTS (SELECT 1 FROM posts_post p WHERE p.id = {named} AND {text})"
        return condition, (*params, *(self.values[place] for place in places))


# --- the pattern --------------------------------------------------------------------------------------------------

# Scripts that write no space between words, or (Hangul) hang endings on them: a word is found anywhere in them.
SPACELESS = (
    (0x0E00, 0x0FFF), (0x1000, 0x109F), (0x1100, 0x11FF), (0x1780, 0x17FF), (0x1950, 0x1AAF), (0x1B00, 0x1B7F),
    (0x3005, 0x3007), (0x3040, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xA960, 0xA97F), (0xA980, 0xA9FF),
    (0xAA60, 0xAA7F), (0xAC00, 0xD7FF), (0xF900, 0xFAFF), (0x1B000, 0x1B16F), (0x20000, 0x3FFFF),
)  # fmt: skip
# Marks within a word that PostgreSQL does not count among its letters: accents, nuktas and viramas.
_MARKS = "\u0300-\u036f" + "".join(chr(block + end) for block in range(0x0900, 0x0E00, 0x80) for end in (0x3C, 0x4D))
_LETTER = rf"[\w{_MARKS}]"


def pattern_of(words: list[str]) -> str | None:
    """A pattern that finds any of these folded words and phrases, whole where their script has spaces, else anywhere.

    None for none. Whatever stands in a word is taken as it is, never as a sign of the pattern.
    """
    groups: dict[tuple[str, str], list[str]] = {}
    for word in words:
        before = rf"(?<!{_LETTER})" if _has_edge(word[0]) else ""
        after = rf"(?!{_LETTER})" if _has_edge(word[-1]) else ""
        groups.setdefault((before, after), []).append(_literally(word))
    if not groups:
        return None
    parts = (f"{before}(?:{'|'.join(found)}){after}" for (before, after), found in groups.items())
    return f"(?:{'|'.join(parts)})"


def _has_edge(c: str) -> bool:
    """Whether a word that begins or ends with this is told from a longer one by what stands beside it."""
    is_letter = c.isalnum() or c == "_" or re.fullmatch(_LETTER, c) is not None
    return is_letter and not any(first <= ord(c) <= last for first, last in SPACELESS)


def _literally(word: str) -> str:
    parts = unicodedata.normalize("NFKC", word.replace(_DOTTED, "i")).split()
    return r"\s+".join(re.sub(r"([^\w\s])", lambda sign: _escaped(sign[0]), part) for part in parts)


def _escaped(sign: str) -> str:
    return f"\\{sign}" if sign.isascii() else sign
