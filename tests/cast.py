"""The fixed cast (STYLE.md R19): the same people in every test, so that a test's name says who does what.

alice writes, bob follows her, charlie is a stranger, dora is blocked by alice, mira moderates, admin may all.
"""

from django.contrib.auth.models import Group, Permission

from apps.accounts.models import Role, University, UniversityDomain, User
from apps.graph import services as graph

PASSWORD = "campus-demo"


def make_university(slug: str = "northmere", name: str = "Northmere University", hue: int = 342) -> University:
    university, created = University.objects.get_or_create(slug=slug, defaults={"name": name, "hue": hue})
    if created:
        UniversityDomain.objects.create(university=university, domain=f"{slug}.example")
    return university


def make_person(
    username: str,
    *,
    name: str = "",
    university: University | None = None,
    role: str = Role.STUDENT,
    is_staff: bool = False,
    is_superuser: bool = False,
    password: str | None = PASSWORD,
) -> User:
    """A confirmed person, as sign-up leaves them."""
    from allauth.account.models import EmailAddress

    university = university or make_university()
    email = f"{username}@{university.slug}.example"
    person = User.objects.create_user(
        username,
        email,
        password,
        name=name or username.title(),
        university=university,
        role=role,
        is_staff=is_staff,
        is_superuser=is_superuser,
    )
    EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    return person


def moderators() -> Group:
    """The group that a migration makes; a transactional test before this one may have flushed it."""
    group, created = Group.objects.get_or_create(name="Moderators")
    if created:
        wanted = [
            "view_report",
            "change_report",
            "view_hashtag",
            "change_hashtag",
            "add_boost",
            "change_boost",
            "view_boost",
        ]
        apps = ["moderation", "posts"]
        group.permissions.set(Permission.objects.filter(content_type__app_label__in=apps, codename__in=wanted))
    return group


def follow(follower: User, followee: User) -> None:
    graph.follow(actor=follower, target=followee)


def block(blocker: User, blocked: User) -> None:
    graph.block(actor=blocker, target=blocked)
