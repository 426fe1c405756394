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
]
