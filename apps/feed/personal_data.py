from apps.kernel.personal_data import Entry

MADE = "made from posts and follows, which are exported"
DONE = "made from reactions, comments, reposts and votes, which are exported"
COUNTED = "made from posts, which are exported"

PERSONAL_DATA = [
    Entry(model="feed.Affinity", person="reader_id", erase="delete", retention="made anew every night", why=DONE),
    Entry(model="feed.LessLike", person="person", export="post, until when", erase="delete", retention="30 days"),
    Entry(model="feed.ScoreRun", why="how far a nightly task has come, about nobody"),
    Entry(model="feed.FeedItem", person="user_id", erase="delete", retention="8 days", why=MADE),
    Entry(model="feed.PulledAuthor", person="author_id", erase="delete", retention="8 days after a post", why=MADE),
    Entry(
        model="feed.FeedState",
        person="person",
        export="the order and filters of your home page, and where you stopped reading",
        erase="delete",
    ),
    Entry(model="feed.TagUse", person="person", erase="delete", retention="7 days", why=COUNTED),
    Entry(model="feed.TagScore", why="about words, not people"),
]
