from apps.kernel.personal_data import Entry

DELETED = "while the account lives; what was deleted is purged 30 days later"

PERSONAL_DATA = [
    Entry(model="posts.Post", person="author", export="text, audience, times", erase="delete", retention=DELETED),
    Entry(model="posts.Comment", person="author", export="text, post, times", erase="delete", retention=DELETED),
    Entry(model="posts.Like", person="person", export="post, time", erase="delete"),
    Entry(model="posts.CommentLike", person="person", export="comment, time", erase="delete"),
    Entry(model="posts.Mention", person="person", export="where you are named", erase="delete"),
    Entry(model="posts.Hashtag", why="a word, about nobody"),
    Entry(model="posts.PostTag", why="part of the post, and goes with it"),
]
