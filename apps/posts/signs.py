"""Common signs to put into a text, with a name for who does not see them. Every device has more of its own."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Sign(NamedTuple):
    sign: str
    name: str | Promise


class Group(NamedTuple):
    name: str | Promise
    signs: tuple[Sign, ...]


def signs() -> tuple[Group, ...]:
    return _GROUPS


_GROUPS = (
    Group(
        _("Faces"),
        (
            Sign("🙂", _("smile")),
            Sign("😀", _("grin")),
            Sign("😂", _("tears of joy")),
            Sign("😉", _("wink")),
            Sign("😊", _("blush")),
            Sign("😍", _("heart eyes")),
            Sign("🤗", _("hug")),
            Sign("🤔", _("thinking")),
            Sign("😅", _("relief")),
            Sign("😎", _("cool")),
            Sign("🙃", _("upside down")),
            Sign("😴", _("asleep")),
            Sign("😢", _("crying")),
            Sign("😭", _("sobbing")),
            Sign("😱", _("scream")),
            Sign("🤯", _("mind blown")),
        ),
    ),
    Group(
        _("Hands and hearts"),
        (
            Sign("👍", _("thumbs up")),
            Sign("👎", _("thumbs down")),
            Sign("👏", _("applause")),
            Sign("🙏", _("please, thank you")),
            Sign("👋", _("wave")),
            Sign("🤝", _("handshake")),
            Sign("💪", _("strength")),
            Sign("🤞", _("fingers crossed")),
            Sign("✌️", _("victory")),
            Sign("🫶", _("heart hands")),
            Sign("❤️", _("heart")),
            Sign("💔", _("broken heart")),
        ),
    ),
    Group(
        _("Campus"),
        (
            Sign("📚", _("books")),
            Sign("📝", _("notes")),
            Sign("💻", _("laptop")),
            Sign("🔬", _("microscope")),
            Sign("🧪", _("test tube")),
            Sign("🎓", _("graduation")),
            Sign("🏫", _("university")),
            Sign("⏰", _("alarm clock")),
            Sign("📅", _("calendar")),
            Sign("💡", _("idea")),
            Sign("🚲", _("bicycle")),
            Sign("🚆", _("train")),
        ),
    ),
    Group(
        _("Evenings"),
        (
            Sign("☕", _("coffee")),
            Sign("🍕", _("pizza")),
            Sign("🥗", _("salad")),
            Sign("🍰", _("cake")),
            Sign("🍻", _("cheers")),
            Sign("🎉", _("party")),
            Sign("🎵", _("music")),
            Sign("🎸", _("guitar")),
            Sign("⚽", _("football")),
            Sign("🎮", _("game")),
            Sign("🌙", _("moon")),
            Sign("⭐", _("star")),
        ),
    ),
    Group(
        _("Signs"),
        (
            Sign("✅", _("done")),
            Sign("❌", _("no")),
            Sign("⚠️", _("warning")),
            Sign("❓", _("question")),
            Sign("❗", _("exclamation")),
            Sign("🔥", _("fire")),
            Sign("✨", _("sparkles")),
            Sign("👀", _("eyes")),
            Sign("☀️", _("sun")),
            Sign("🌧️", _("rain")),
            Sign("🌈", _("rainbow")),
            Sign("🐈", _("cat")),
        ),
    ),
)
