from apps.kernel.personal_data import Entry

PERSONAL_DATA = [
    Entry(
        model="media.LinkCard",
        retention="30 days after the last post that links there",
        why="what a public page says of itself, about nobody",
    ),
]
