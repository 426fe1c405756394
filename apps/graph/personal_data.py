"""What graph keeps about people."""

from apps.kernel.personal_data import Entry

PERSONAL_DATA = [
    Entry("graph.Follow", "follower", "whom you follow, who follows you, since when", "delete", "until unfollowed"),
    Entry("graph.Block", "blocker", "whom you blocked and when", "delete", "until unblocked"),
    Entry("graph.FollowCount", "person", "the two numbers", "delete", "as long as the account"),
    Entry(
        "graph.BlockEvent",
        "blocker",
        "when you blocked and unblocked whom",
        "keep",
        "1 year (audit)",
        "explains harassment cases after a block was lifted",
    ),
]
