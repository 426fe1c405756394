"""What accounts keeps about people."""

from apps.kernel.personal_data import Entry

PERSONAL_DATA = [
    Entry(
        model="accounts.User",
        person="id",
        export="username, name, address, role, university and dates",
        erase="anonymise",
        retention="as long as the account",
        why="the row stays, without name and address, so that what others answered keeps its place",
    ),
    Entry(
        model="accounts.Profile", person="user", export="everything", erase="delete", retention="as long as the account"
    ),
    Entry(
        model="accounts.LastSeen", person="user", export="the time", erase="delete", retention="overwritten in place"
    ),
    Entry(
        model="accounts.UserEvent",
        person="pgh_obj",
        export="changes of name, address, role and activity",
        erase="keep",
        retention="1 year",
        why="who held which right when must stay provable",
    ),
    Entry(model="accounts.University", why="about nobody"),
    Entry(model="accounts.UniversityDomain", why="about nobody"),
]
