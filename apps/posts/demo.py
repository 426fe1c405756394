"""2,000 posts in threads over 60 days, and some of every kind beside them (demo_kinds), with reactions, hashtags and
mentions that obey every audience and block; and what the cast keep for themselves (demo_kept)."""

import random
from collections import Counter
from datetime import datetime, timedelta

from django.apps import apps
from django.contrib.auth import get_user_model

from apps.kernel import text
from apps.kernel.demo import DemoPerson, DemoWorld, dated_id, moment_between
from apps.posts import counters, demo_kept, demo_kinds, rendering
from apps.posts.demo_readers import Circle
from apps.posts.demo_writer import Text, Writer
from apps.posts.models import (
    DEEPEST,
    STEP,
    Audience,
    Ballot,
    Comment,
    CommentReaction,
    Feeling,
    Hashtag,
    Mention,
    Post,
    PostTag,
    Reaction,
    TagFollow,
)

POSTS = 2_000
DAYS = 60
AUDIENCES = {Audience.CAMPUS: 45, Audience.PUBLIC: 37, Audience.FOLLOWERS: 18}
# Posts per hour of the day: the campus sleeps, wakes late and talks in the evening.
HOURS = [3, 1, 1, 0, 0, 1, 3, 8, 12, 14, 15, 14, 16, 13, 12, 12, 13, 15, 17, 19, 20, 18, 12, 7]
# What people say, of a hundred.
FEELINGS = {
    Feeling.LIKE: 66,
    Feeling.THANKS: 11,
    Feeling.ME_TOO: 9,
    Feeling.WELL_DONE: 6,
    Feeling.FUNNY: 6,
    Feeling.SORRY: 2,
}
TO_A_CIRCLE = 0.2  # share of the posts of who has one
TALKED_ABOUT = 0.55  # share of posts that anybody comments on
CAST_POSTS = 12  # at least so many by each person one logs in as


def build(world: DemoWorld) -> None:
    draw, circle = world.draw("posts"), Circle(world)
    writer = Writer(draw)
    posts, texts = _posts(world, draw, circle, writer)
    kinds = demo_kinds.write(world, circle, posts)
    posts, texts = sorted([*posts, *kinds.posts], key=lambda post: post.pk), texts | kinds.texts
    readers = {post.pk: circle.readers(post) for post in posts}
    likes = _likes(world, draw, circle, posts, readers)
    comments = _comments(world, draw, circle, writer, posts, texts, readers)
    if kinds.thread is not None:
        comments += _long_thread(world, draw, writer, kinds.thread, readers[kinds.thread.pk])
    hearts = _comment_likes(world, draw, comments, readers)
    _count(posts, likes, Counter(comment.post_id for comment in comments))
    Post.objects.bulk_create(posts, batch_size=500)
    _file_under_tags(world, posts)
    _name(world, posts)
    demo_kinds.store(kinds, posts)
    Reaction.objects.bulk_create(likes, batch_size=2_000)
    Comment.objects.bulk_create(comments, batch_size=500)
    CommentReaction.objects.bulk_create(hearts, batch_size=2_000)
    demo_kept.build(world, readers, posts)


def remove(world: DemoWorld) -> None:
    """Posts and comments go with their people; counters of everybody else's posts are put right."""
    gone = world.marked(get_user_model())
    counted, said = counters.counted_of(gone)
    Reaction.objects.filter(person__in=gone).delete()
    CommentReaction.objects.filter(person__in=gone).delete()
    Ballot.objects.filter(person__in=gone).delete()
    Comment.objects.filter(author__in=gone).delete()
    Post.objects.filter(author__in=gone).delete()
    apps.get_model("posts.BoostEvent")._default_manager.filter(by__in=gone).delete()
    counters.recount(posts=counted, comments=said)
    TagFollow.objects.filter(person__in=gone).delete()
    Hashtag.objects.filter(pk__in=world.marked(Hashtag), post_edges=None, followers=None).delete()


def _posts(world: DemoWorld, draw: random.Random, circle: Circle, writer: Writer) -> tuple[list[Post], dict[int, Text]]:
    """In the order of time, so that no pattern comes back on one page."""
    posts: list[Post] = []
    texts: dict[int, Text] = {}
    used: dict[int, set[str]] = {}
    bodies: set[str] = set()
    for author, moment in zip(_authors(world, draw), _moments(world, draw), strict=True):
        audience = draw.choices(list(AUDIENCES), list(AUDIENCES.values()))[0]
        if author.id in world.private:
            audience = Audience.FOLLOWERS
        elif author.id in world.circles and draw.random() < TO_A_CIRCLE:
            audience = Audience.CIRCLE
        friends = [friend.username for friend in circle.friends(author, audience)]
        written = writer.post(author, friends, used.setdefault(author.id, set()))
        while written.body in bodies:
            written = writer.post(author, friends, used[author.id])
        bodies.add(written.body)
        post = Post(
            pk=dated_id(moment, draw),
            author_id=author.id,
            university_id=author.university_id,
            audience=audience,
            circle_id=world.circles[author.id][0] if audience == Audience.CIRCLE else None,
            body=written.body,
            body_html=rendering.render(written.body, _named(circle, written.body)),
            created_at=moment,
        )
        posts.append(post)
        texts[post.pk] = written
    return posts, texts


def _authors(world: DemoWorld, draw: random.Random) -> list[DemoPerson]:
    """A few write much, most a little: weights fall with the rank."""
    ranked = draw.sample(world.people, len(world.people))
    weights = [1 / (rank + 8) ** 0.7 for rank in range(len(ranked))]
    cast = [world.person(name) for name in ("alice", "bob", "charlie", "dora", "mira") for _ in range(CAST_POSTS)]
    authors = cast + draw.choices(ranked, weights, k=POSTS - len(cast))
    draw.shuffle(authors)
    return authors


def _moments(world: DemoWorld, draw: random.Random) -> list[datetime]:
    """Sorted moments of the last DAYS days, by the hours people are awake; the last is some minutes ago."""
    moments: list[datetime] = []
    while len(moments) < POSTS:
        day, hour = draw.randrange(DAYS + 1), draw.choices(range(24), HOURS)[0]
        midnight = (world.now - timedelta(days=day)).replace(hour=0, minute=0, second=0, microsecond=0)
        moment = midnight + timedelta(hours=hour, seconds=draw.randrange(3600), milliseconds=draw.randrange(1000))
        if world.now - timedelta(days=DAYS) < moment < world.now - timedelta(minutes=2):
            moments.append(moment)
    return sorted(moments)


def _named(circle: Circle, body: str) -> list:  # type: ignore[type-arg]
    """Unsaved stand-ins for the people a demo text names: rendering needs a username and an address."""
    names = text.find_mentions(body)
    model = get_user_model()
    return [model(pk=one.id, username=one.username) for one in circle.by_id.values() if one.username in names]


def _name(world: DemoWorld, posts: list[Post]) -> None:
    ids = {person.username: person.id for person in world.people}
    rows = [
        Mention(person_id=ids[name], post_id=post.pk)
        for post in posts
        for name in sorted(text.find_mentions(post.body))
        if name in ids
    ]
    Mention.objects.bulk_create(rows)


def _file_under_tags(world: DemoWorld, posts: list[Post]) -> None:
    names = {post.pk: text.find_hashtags(post.body) for post in posts}
    wanted = sorted({name for tags in names.values() for name in tags})
    known = set(Hashtag.objects.filter(name__in=wanted).values_list("name", flat=True))
    made = Hashtag.objects.bulk_create(Hashtag(name=name) for name in wanted if name not in known)
    world.mark(Hashtag, [tag.pk for tag in made])
    ids = dict(Hashtag.objects.filter(name__in=wanted).values_list("name", "pk"))
    rows = [
        PostTag(post_id=post.pk, tag_id=ids[name], created_at=post.created_at)
        for post in posts
        for name in names[post.pk]
    ]
    PostTag.objects.bulk_create(rows, batch_size=2_000)


def _likes(
    world: DemoWorld, draw: random.Random, circle: Circle, posts: list[Post], readers: dict[int, list[int]]
) -> list[Reaction]:
    rows = []
    for post in posts:
        reach = 2 + len(circle.followers.get(post.author_id, [])) * 0.22
        wanted = min(len(readers[post.pk]), int(draw.lognormvariate(0, 0.7) * reach))
        rows += [
            Reaction(
                person_id=person,
                post_id=post.pk,
                feeling=_feeling(draw),
                created_at=_later(world, draw, post.created_at),
            )
            for person in draw.sample(readers[post.pk], wanted)
        ]
    return rows


def _feeling(draw: random.Random) -> Feeling:
    return draw.choices(list(FEELINGS), list(FEELINGS.values()))[0]


def _later(world: DemoWorld, draw: random.Random, moment: datetime) -> datetime:
    """Soon after, mostly within hours, never in the future."""
    wished = moment + timedelta(minutes=1 + draw.expovariate(1 / 200))
    return wished if wished < world.now else moment_between(draw, moment, world.now)


def _comments(
    world: DemoWorld,
    draw: random.Random,
    circle: Circle,
    writer: Writer,
    posts: list[Post],
    texts: dict[int, Text],
    readers: dict[int, list[int]],
) -> list[Comment]:
    comments: list[Comment] = []
    for post in posts:
        is_long = texts[post.pk].subject == demo_kinds.ADVICE  # the thread that is made apart
        if is_long or not readers[post.pk] or draw.random() > TALKED_ABOUT:
            continue
        thread: list[Comment] = []
        for _ in range(min(16, 1 + int(draw.lognormvariate(0.6, 0.9)))):
            parent = draw.choice(thread) if thread and draw.random() < 0.4 else None
            answers = parent is not None and parent.author_id != post.author_id and draw.random() < 0.6
            author = post.author_id if answers else draw.choice(readers[post.pk])
            if parent is not None and (author == parent.author_id or (author, parent.author_id) in world.apart):
                continue
            body = writer.reply(texts[post.pk]) if answers else writer.comment(texts[post.pk])
            if body not in {said.body for said in thread}:
                after = parent.created_at if parent else post.created_at
                thread.append(_comment(post, author, parent, body, _later(world, draw, after), draw))
        comments += thread
    return comments


def _comment(
    post: Post, author: int, parent: Comment | None, body: str, moment: datetime, draw: random.Random
) -> Comment:
    pk = dated_id(moment, draw)
    own = f"{pk:0{STEP}x}"
    if parent is None:
        depth, path = 0, own
    elif parent.depth < DEEPEST:
        depth, path = parent.depth + 1, parent.path + own
    else:
        depth, path = DEEPEST, parent.path[:-STEP] + own
    return Comment(
        pk=pk, post_id=post.pk, author_id=author, parent=parent, depth=depth, path=path, body=body,
        body_html=rendering.render(body), created_at=moment,
    )  # fmt: skip


def _comment_likes(
    world: DemoWorld, draw: random.Random, comments: list[Comment], readers: dict[int, list[int]]
) -> list[CommentReaction]:
    rows = []
    for comment in comments:
        people = [
            one
            for one in readers[comment.post_id]
            if one != comment.author_id and (one, comment.author_id) not in world.apart
        ]
        for person in draw.sample(people, min(len(people), int(draw.expovariate(1 / 1.4)))):
            created_at = _later(world, draw, comment.created_at)
            heart = CommentReaction(person_id=person, comment_id=comment.pk, feeling=_feeling(draw))
            heart.created_at = created_at
            rows.append(heart)
    words = demo_kinds.words_of(rows, "comment_id")
    for comment in comments:
        comment.reactions = words.get(comment.pk, {})
        comment.reaction_count = sum(comment.reactions.values())
    return rows


def _count(posts: list[Post], likes: list[Reaction], comments: Counter[int]) -> None:
    words = demo_kinds.words_of(likes, "post_id")
    for post in posts:
        post.reactions = words.get(post.pk, {})
        post.reaction_count, post.comment_count = sum(post.reactions.values()), comments[post.pk]


def _long_thread(
    world: DemoWorld, draw: random.Random, writer: Writer, post: Post, readers: list[int]
) -> list[Comment]:
    """Everybody says their one thing, some are answered, some answers go on: several pages, to the deepest."""
    decks = writer.decks[demo_kinds.LANGUAGE]
    thread: list[Comment] = []
    for body in decks["comment.advice"].cards:
        said = _comment(post, draw.choice(readers), None, body, _later(world, draw, post.created_at), draw)
        thread.append(said)
        while draw.random() < 0.5:
            is_author = said.author_id != post.author_id and draw.random() < 0.4
            author = post.author_id if is_author else draw.choice(readers)
            if author == said.author_id or (author, said.author_id) in world.apart:
                continue
            body = decks["reply.advice" if is_author else "answer.advice"].next()
            said = _comment(post, author, said, body, _later(world, draw, said.created_at), draw)
            thread.append(said)
    return thread
