from apps.kernel.personal_data import Entry

DELETED = "while the account lives; a deleted one stays restorable and is purged 30 days later"

PERSONAL_DATA = [
    Entry("posts.Post", "author", "text, audience, times", "delete", DELETED),
    Entry("posts.Comment", "author", "text, times, post", "delete", DELETED),
    Entry("posts.Like", "person", "post, time", "delete", "while post and account live"),
    Entry("posts.CommentLike", "person", "comment, time", "delete", "while comment and account live"),
    Entry("posts.Mention", "person", "where the person is named", "delete", "while text and account live"),
    Entry("posts.Hashtag", retention="kept", why="a word, about nobody"),
    Entry("posts.PostTag", retention="while the post lives", why="part of the post"),
]
