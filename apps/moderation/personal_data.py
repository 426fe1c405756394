from apps.kernel.personal_data import Entry

PERSONAL_DATA = [
    Entry(
        model="moderation.Report",
        person="reporter",
        export="what you reported, why and when",
        erase="delete",
        retention="1 year after it was closed",
    ),
]
