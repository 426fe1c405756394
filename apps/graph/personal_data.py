"""What graph keeps about people."""

from apps.kernel.personal_data import Entry

PERSONAL_DATA = [
    Entry(
        model="graph.Follow",
        person="follower",
        export="whom you follow and who follows you, since when",
        erase="delete",
        retention="until unfollowed",
    ),
    Entry(
        model="graph.Block",
        person="blocker",
        export="whom you blocked and when",
        erase="delete",
        retention="until unblocked",
    ),
    Entry(
        model="graph.FollowCount",
        person="person",
        export="the two numbers",
        erase="delete",
        retention="as long as the account",
    ),
    Entry(
        model="graph.BlockEvent",
        person="blocker",
        export="when you blocked and unblocked whom",
        erase="keep",
        retention="1 year",
        why="explains cases of harassment after a block was lifted",
    ),
    Entry(
        model="graph.FollowRequest",
        person="follower",
        export="whom you asked to follow, and when",
        erase="delete",
        retention="90 days",
    ),
    Entry(
        model="graph.Mute",
        person="muter",
        export="whom you muted and until when",
        erase="delete",
        retention="until it ends or is undone",
    ),
    Entry(
        model="graph.Circle",
        person="owner",
        export="your circles",
        erase="delete",
        retention="until deleted",
    ),
    Entry(
        model="graph.CircleMember",
        person="person",
        export="",
        erase="delete",
        retention="until removed",
        why="the circle is its owner's own list, and is shown to its owner",
    ),
    Entry(
        model="graph.PersonNote",
        person="author",
        export="your notes",
        erase="delete",
        retention="until deleted",
    ),
]
