from apps.kernel.personal_data import Entry

PERSONAL_DATA = [
    Entry("feed.FeedItem", "user_id", "no: made from posts and follows", "delete", "8 days (ensure_partitions)"),
    Entry("feed.PulledAuthor", "author_id", "no: made from posts and follows", "delete", "8 days after the last post"),
]
