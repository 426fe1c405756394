"""What safety keeps about people."""

from apps.kernel.personal_data import Entry

PERSONAL_DATA = [
    Entry(
        model="safety.Suspension",
        person="person",
        export="reason and dates",
        erase="keep",
        retention="1 year after it was lifted",
        why="a suspension must outlive its account, or a new account would end it",
    ),
    Entry(
        model="safety.SuspensionEvent",
        person="person",
        export="reason and dates",
        erase="keep",
        retention="1 year",
        why="acts of staff stay provable",
    ),
]
