from apps.kernel.personal_data import Entry

MADE = "made from posts and follows, which are exported"

PERSONAL_DATA = [
    Entry(model="feed.FeedItem", person="user_id", erase="delete", retention="8 days", why=MADE),
    Entry(model="feed.PulledAuthor", person="author_id", erase="delete", retention="8 days after a post", why=MADE),
]
