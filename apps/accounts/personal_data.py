"""What accounts keeps about people."""

from apps.kernel.personal_data import Entry

PERSONAL_DATA = [
    Entry(
        "accounts.User",
        "id",
        "username, name, address, role, university, dates",
        "anonymise",
        "as long as the account",
        "what others answered keeps its place; the row stays without name and address",
    ),
    Entry("accounts.Profile", "user", "everything", "delete", "as long as the account"),
    Entry("accounts.LastSeen", "user", "the time", "delete", "overwritten in place"),
    Entry(
        "accounts.UserEvent",
        "pgh_obj",
        "changes of name, address, role and activity",
        "keep",
        "1 year (audit)",
        "who held which right when must stay provable",
    ),
    Entry("accounts.University", retention="as long as it takes part"),
    Entry("accounts.UniversityDomain", retention="as long as it takes part"),
]
