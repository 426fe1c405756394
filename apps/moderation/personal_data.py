from apps.kernel.personal_data import Entry

PERSONAL_DATA = [
    Entry(
        model="moderation.Report",
        person="reporter",
        export="what you reported, why and when",
        erase="delete",
        retention="as long as the reporter's account",
    ),
    Entry(
        model="moderation.ReportAct",
        person="closed_by",
        erase="keep",
        retention="for good: a few lines per report",
        why="acts of staff stay provable",
    ),
]
