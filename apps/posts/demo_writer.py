"""Writes what a demo campus says: hundreds of patterns with blanks, drawn so that none comes twice soon."""

import random
import re
from dataclasses import dataclass
from pathlib import Path

from apps.kernel.demo import Deck, DemoPerson, sections

TEXTS = Path(__file__).parent / "demo_texts"
OWN_LANGUAGE = 0.3  # how often somebody who has another language writes in it
# What people of a role write about, and how often.
STUDENTS = {
    "lost": 5,
    "ask": 18,
    "thought": 26,
    "event": 14,
    "study": 13,
    "food": 9,
    "sale": 8,
    "thanks": 7,
    "sport": 5,
}
SUBJECTS = {
    "student": STUDENTS,
    "alumni": STUDENTS,
    "faculty": {"faculty": 60, "thought": 18, "event": 10, "study": 12},
    "staff": {"staff": 62, "thought": 14, "event": 12, "food": 12},
}
BLANK = re.compile(r"\{(\w+)\}")
FRIEND = "@{friend}"
SENTENCE = re.compile(r"^[^\W\d_]|(?<=[.!?] )[^\W\d_]")  # its first letter


@dataclass(frozen=True, slots=True)
class Text:
    language: str
    subject: str  # "" in languages that have only one list
    pattern: str
    body: str


class Writer:
    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        self.decks: dict[str, dict[str, Deck]] = {
            path.stem: {name: Deck(lines, draw) for name, lines in sections(path).items()}
            for path in sorted(TEXTS.glob("*.txt"))
        }

    def post(self, author: DemoPerson, friends: list[str], used: set[str]) -> Text:
        """A post; `used` are the author's patterns so far and grows. `friends` may be named."""
        language, subject = self._choose(author)
        name = f"post.{subject}" if subject else "post"
        unwanted = used if friends else used | {line for line in self.decks[language][name].cards if FRIEND in line}
        pattern = self.decks[language][name].next(unwanted)
        used.add(pattern)
        friend = self.draw.choice(friends) if friends else ""
        return Text(language, subject, pattern, self._fill(pattern.replace("{friend}", friend), language))

    def comment(self, post: Text) -> str:
        return self._under(post, "comment")

    def reply(self, post: Text) -> str:
        """What the author of the post answers."""
        return self._under(post, "reply")

    def _choose(self, author: DemoPerson) -> tuple[str, str]:
        if author.language in self.decks and author.language != "en" and self.draw.random() < OWN_LANGUAGE:
            return author.language, ""
        subjects = SUBJECTS[author.role]
        return "en", self.draw.choices(list(subjects), list(subjects.values()))[0]

    def _under(self, post: Text, kind: str) -> str:
        deck = self.decks[post.language][f"{kind}.{post.subject}" if post.subject else kind]
        return self._fill(deck.next(), post.language)

    def _fill(self, pattern: str, language: str) -> str:
        text = BLANK.sub(lambda blank: self.decks[language][blank[1]].next(), pattern)
        return SENTENCE.sub(lambda start: start[0].upper(), text)
