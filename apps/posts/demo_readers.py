"""Who on a demo campus may see what, worked out once for all of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from apps.kernel.demo import DemoPerson, DemoWorld
from apps.posts.models import Audience, Post


@dataclass(slots=True)
class Circle:
    world: DemoWorld
    by_id: dict[int, DemoPerson] = field(init=False)
    followers: dict[int, list[int]] = field(default_factory=dict)
    followed: dict[int, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_id = {person.id: person for person in self.world.people}
        for follower, followee in sorted(self.world.follows):
            self.followers.setdefault(followee, []).append(follower)
            self.followed.setdefault(follower, []).append(followee)

    def readers(self, post: Post) -> list[int]:
        """Everybody but the author who may see the post, whatever it passes on."""
        if post.audience == Audience.CIRCLE:
            ids: Iterable[int] = sorted(self.world.circles[post.author_id][1])
        elif post.audience == Audience.FOLLOWERS:
            ids = self.followers.get(post.author_id, [])
        elif post.audience == Audience.CAMPUS:
            ids = (one.id for one in self.world.people if one.university_id == post.university_id)
        else:
            ids = (one for one in self.by_id if one not in self.world.private)  # they say little in public
        return [one for one in ids if one != post.author_id and (one, post.author_id) not in self.world.apart]

    def friends(self, author: DemoPerson, audience: int) -> list[DemoPerson]:
        """Whom a post by the author may name: people they follow who may read it."""
        people = [self.by_id[one] for one in self.followed.get(author.id, [])]
        if audience == Audience.CAMPUS:
            people = [one for one in people if one.university_id == author.university_id]
        elif audience == Audience.CIRCLE:
            people = [one for one in people if one.id in self.world.circles[author.id][1]]
        elif audience == Audience.FOLLOWERS:
            people = [one for one in people if (one.id, author.id) in self.world.follows]
        return people
