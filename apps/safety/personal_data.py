"""What safety keeps about people."""

from apps.kernel.personal_data import Entry

PERSONAL_DATA = [
    Entry(
        "safety.Suspension",
        "person",
        "reason and dates",
        "keep",
        "1 year after it was lifted",
        "a ban must outlive its account",
    ),
    Entry(
        "safety.SuspensionEvent", "person", "reason and dates", "keep", "1 year (audit)", "acts of staff stay provable"
    ),
]
