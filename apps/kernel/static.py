"""Static files that are made, not kept: the one stylesheet of the site and the file of icons.

Sources stay small (one file per component); what is served is one file, so that a first visit costs one request.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage
from django.core.files.storage import FileSystemStorage, Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

from apps.kernel import icons

CSS = Path(settings.ROOT) / "static" / "css"
# In this order: layers first, then components from the smallest to the largest, because a later rule of the same
# weight wins (a composer is an entry). Paper and forced colours have the last word.
SHEETS = (
    *("tokens", "base", "layout"),
    *("components/icon", "components/wordmark", "components/name", "components/avatar", "components/button"),
    *("components/chip", "components/tabs", "components/rail", "components/entry", "components/prose"),
    *("components/code", "components/formula"),
    *(
        "components/slip",
        "components/scene",
        "components/acts",
        "components/composer",
        "components/poll",
        "components/pill",
    ),
    *("components/aside", "components/form", "components/parts", "components/callout", "components/dialog"),
    *("components/progress", "components/empty", "components/profile", "components/guest", "components/pieces"),
    *("components/comment", "components/folded", "components/leaf", "components/suggest", "components/settings"),
    *("components/feed", "components/keys", "components/settings_nav", "components/site_page", "components/directory"),
    *("components/wizard", "components/welcome", "components/wishes", "components/versions", "components/modes"),
    *("components/saved", "components/tags"),
    *("components/reactions", "components/passed_on", "components/pop"),
)


def stylesheet_sources() -> list[Path]:
    return [CSS / f"{name}.css" for name in SHEETS]


def stylesheet() -> str:
    return "\n".join(path.read_text() for path in stylesheet_sources())


# name -> (how to make it, the files it is made of)
GENERATED: dict[str, tuple[Callable[[], str], Callable[[], list[Path]]]] = {
    "css/site.css": (stylesheet, lambda: [Path(__file__), *stylesheet_sources()]),
    "img/icons.svg": (icons.sprite, lambda: [Path(icons.__file__)]),
}


def generate(name: str, root: Path) -> Path:
    """Path of the made file, written anew when a source is younger. Atomic: a reader never sees half a file."""
    make, sources = GENERATED[name]
    target = root / name
    if target.exists() and target.stat().st_mtime >= max(path.stat().st_mtime for path in sources()):
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{id(target)}")
    draft.write_text(make())
    draft.replace(target)
    return target


class GeneratedFinder(BaseFinder):
    """Finds the files of GENERATED; each is made when it is first asked for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.root = Path(settings.LOCAL) / "generated"
        self.storage = FileSystemStorage(location=self.root)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> str | list[str]:  # type: ignore[override]
        if path not in GENERATED:
            return []
        found = str(generate(path, self.root))
        return [found] if find_all else found

    def list(self, ignore_patterns: Sequence[str] | None) -> Iterable[tuple[str, Storage]]:  # type: ignore[override]
        for name in GENERATED:
            generate(name, self.root)
            yield name, self.storage


class HashedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Names carry a hash of the content, those inside our ES modules too, so that all may be cached for ever."""

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        (
            "js/*.js",
            (
                (
                    r'(?P<matched>import (?P<what>[^"]+) from "(?P<url>\./[\w-]+\.js)";)',
                    'import %(what)s from "%(url)s";',
                ),
                (r'(?P<matched>import "(?P<url>\./[\w-]+\.js)";)', 'import "%(url)s";'),
            ),
        ),
    )
