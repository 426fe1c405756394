from apps.kernel.personal_data import Entry

DELETED = "while the account lives; what was deleted is purged 30 days later"

PERSONAL_DATA = [
    Entry(model="posts.Post", person="author", export="text, audience, times", erase="delete", retention=DELETED),
    Entry(model="posts.Comment", person="author", export="text, post, times", erase="delete", retention=DELETED),
    Entry(model="posts.Reaction", person="person", export="post, word, time", erase="delete"),
    Entry(model="posts.CommentReaction", person="person", export="comment, word, time", erase="delete"),
    Entry(model="posts.Mention", person="person", export="where you are named", erase="delete"),
    Entry(model="posts.Hashtag", why="a word, about nobody"),
    Entry(model="posts.PostTag", why="part of the post, and goes with it"),
    Entry(model="posts.Revision", person="post__author", export="earlier texts, with times", erase="delete"),
    Entry(model="posts.Pin", person="author", export="which posts, until when", erase="delete"),
    Entry(
        model="posts.Boost",
        person="by",
        export="which posts you boosted, why and for how long",
        erase="anonymise",
        why="who was shown a post, and why, stays known without a name",
    ),
    Entry(model="posts.Poll", person="post__author", export="question, choices, when it closed", erase="delete"),
    Entry(model="posts.PollOption", why="part of the poll, and goes with it"),
    Entry(
        model="posts.Ballot",
        person="person",
        export="poll, what you chose, time",
        erase="delete",
        retention="as long as the account; the poll's numbers go down with it",
    ),
    Entry(model="posts.Folder", person="owner", export="name, time", erase="delete"),
    Entry(model="posts.Bookmark", person="person", export="post, folder, note, done, reminder", erase="delete"),
    Entry(model="posts.Draft", person="author", export="all that was written, and when it goes out", erase="delete"),
    Entry(model="posts.PostPreferences", person="person", export="what you chose", erase="delete"),
    Entry(model="posts.TagFollow", person="person", export="hashtag, time", erase="delete"),
    Entry(
        model="posts.MutedWord",
        person="person",
        export="word, until when",
        erase="delete",
        retention="until it is undone or has run out",
    ),
    Entry(model="posts.MutedThread", person="person", export="post, time", erase="delete"),
    Entry(model="posts.HashtagAct", why="a word and why it was kept out; who did it is in its context, a year"),
    Entry(
        model="posts.BoostEvent",
        person="by",
        export="which posts you showed to more people, and why",
        erase="keep",
        retention="1 year",
        why="acts of staff stay provable",
    ),
]
