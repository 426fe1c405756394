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
    Entry(
        model="accounts.Privacy",
        person="user",
        export="every setting",
        erase="delete",
        retention="as long as the account",
    ),
    Entry(
        model="accounts.Preferences",
        person="user",
        export="every choice",
        erase="delete",
        retention="as long as the account",
    ),
    Entry(
        model="accounts.PersonSkill",
        person="person",
        export="the skills you named",
        erase="delete",
        retention="as long as the account",
    ),
    Entry(
        model="accounts.PersonInterest",
        person="person",
        export="the interests you named",
        erase="delete",
        retention="as long as the account",
    ),
    Entry(
        model="accounts.PersonLanguage",
        person="person",
        export="the languages you named",
        erase="delete",
        retention="as long as the account",
    ),
    Entry(
        model="accounts.PersonCourse",
        person="person",
        export="your courses, by term",
        erase="delete",
        retention="as long as the account",
    ),
    Entry(
        model="accounts.ProfileLink",
        person="person",
        export="your links, and when they were proved",
        erase="delete",
        retention="as long as the account",
    ),
    Entry(
        model="accounts.ProfileAnswer",
        person="person",
        export="your answers",
        erase="delete",
        retention="as long as the account",
    ),
    Entry(
        model="accounts.Verification",
        person="person",
        export="how and until when you are verified",
        erase="delete",
        retention="as long as the account",
    ),
    Entry(
        model="accounts.Invitation",
        person="created_by",
        export="the invitations you made",
        erase="anonymise",
        retention="90 days after they ended",
    ),
    Entry(
        model="accounts.InvitationUse",
        person="person",
        export="whose invitation you came with",
        erase="delete",
        retention="90 days after the invitation ended",
    ),
    Entry(
        model="accounts.JoinRequest",
        person="person",
        export="your reason, the answer and the times",
        erase="delete",
        retention="90 days after the decision",
    ),
    Entry(model="accounts.Skill", why="about nobody"),
    Entry(model="accounts.Interest", why="about nobody"),
    Entry(model="accounts.Course", why="about nobody"),
    Entry(model="accounts.ProfileField", why="about nobody"),
    Entry(model="accounts.BlockedDomain", why="about nobody"),
    Entry(model="accounts.SignOn", why="about nobody"),
]
