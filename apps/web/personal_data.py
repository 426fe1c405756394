"""What the site itself keeps about people."""

from apps.kernel.personal_data import Entry

PERSONAL_DATA = [
    Entry(model="web.PageVersion", why="about nobody; names the member of staff who wrote it"),
    Entry(model="web.PageVersionEvent", why="about nobody; the same row as it was"),
    Entry(
        model="web.Agreement",
        person="person",
        export="what you agreed to, and when",
        erase="keep",
        retention="as long as the account, and 1 year",
        why="that somebody agreed to the rules must stay provable",
    ),
    Entry(
        model="web.Welcome",
        person="person",
        export="how far you went in the welcome",
        erase="delete",
        retention="as long as the account",
    ),
]
