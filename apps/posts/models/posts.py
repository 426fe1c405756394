"""Posts: what somebody wrote, or whose post they pass on."""

import uuid
from typing import TYPE_CHECKING, Any, Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.kernel.ids import snowflake

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

BODY_LIMIT = 5_000  # characters
WARNING_LIMIT = 100


class Audience(models.IntegerChoices):
    PUBLIC = 0, _("Everyone")
    CAMPUS = 1, _("Campus")
    FOLLOWERS = 2, _("Followers")
    CIRCLE = 3, _("A circle")
    ONLY_ME = 4, _("Only me")


class Replies(models.IntegerChoices):
    """Who may comment, of those who may see the post. Its author always may."""

    EVERYONE = 0, _("Everyone who sees it")
    FRIENDS = 1, _("People I follow")
    NAMED = 2, _("People I name")
    NOBODY = 3, _("Nobody")


class Quoting(models.IntegerChoices):
    """Who may quote the post, of those who may see it. Its author always may."""

    EVERYONE = 0, _("Everyone who sees it")
    FOLLOWERS = 1, _("My followers")
    NOBODY = 2, _("Nobody")


class PostQuerySet(models.QuerySet["Post"]):
    def live(self) -> Self:
        return self.filter(deleted_at=None, hidden_at=None)

    def visible_to(self, viewer: "User | AnonymousUser") -> Self:
        """The one rule of who may see a post (DESIGN.md 2, rule 8)."""
        from apps.posts import policies

        return self.live().filter(policies.may_see(viewer))


class Post(models.Model):
    id = models.BigIntegerField(primary_key=True, default=snowflake, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="posts", db_index=False)
    # The author's university when it was written: an audience is never widened by moving.
    university = models.ForeignKey(
        "accounts.University", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    audience = models.SmallIntegerField(_("audience"), choices=Audience.choices, default=Audience.CAMPUS)
    # The author's circle it is addressed to; when that is deleted, the author alone sees the post.
    circle = models.ForeignKey("graph.Circle", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    body = models.TextField(_("text"), max_length=BODY_LIMIT, blank=True)  # empty when it only passes a post on
    body_html = models.TextField(editable=False)
    warning = models.CharField(_("content warning"), max_length=WARNING_LIMIT, blank=True, db_default="")
    # What it passes on: with a text of its own (a quote) or without (a repost). Both are shown only to who may see
    # them for themselves, so passing on never widens an audience.
    repost_of = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="reposts", db_index=False, editable=False
    )
    quoted = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="quotes", db_index=False, editable=False
    )
    is_quote = models.BooleanField(db_default=False, editable=False)  # stays so when what it quoted is purged
    detached_at = models.DateTimeField(null=True, blank=True, editable=False)  # by the author of what it quotes
    replies = models.SmallIntegerField(_("who may reply"), choices=Replies.choices, db_default=Replies.EVERYONE)
    quoting = models.SmallIntegerField(_("who may quote"), choices=Quoting.choices, db_default=Quoting.EVERYONE)
    has_poll = models.BooleanField(db_default=False, editable=False)
    link_card = models.ForeignKey(
        "media.LinkCard", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False, editable=False
    )
    reaction_count = models.PositiveIntegerField(default=0, editable=False)
    reactions = models.JSONField(default=dict, db_default={}, editable=False)  # how many of each kind: {"1": 12}
    comment_count = models.PositiveIntegerField(default=0, editable=False)
    repost_count = models.PositiveIntegerField(default=0, db_default=0, editable=False)  # reposts and quotes
    version = models.PositiveIntegerField(default=1, editable=False)  # names the rendered card
    key = models.UUIDField(default=uuid.uuid4, editable=False)  # of the form: sent twice is one post
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    hidden_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = PostQuerySet.as_manager()

    # Put on by the query that loads cards:
    reaction: int | None  # the viewer's own
    is_saved: bool  # among the viewer's bookmarks
    is_shared: bool  # reposted by the viewer
    poll: dict[str, Any] | None  # its poll, with the viewer's own vote (posts.live)
    link: dict[str, str] | None  # what the page it links to says of itself, when that is known (posts.live)
    passed_on: "Post | None"  # what it reposts or quotes, where the viewer may see that
    unheard: int  # comments that are not there for the viewer, because of a block
    circle_name: str | None  # for its author alone
    programme: str | None  # the author's, and whom they show it (accounts.selectors.reach_of); the next two likewise
    programme_reach: str | None
    year: int | None
    year_reach: str | None

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = [
            models.UniqueConstraint(fields=["author", "key"], name="post_once_per_form"),
            models.CheckConstraint(
                condition=models.Q(circle=None) | models.Q(audience=Audience.CIRCLE), name="circle_of_a_circle_post"
            ),
            models.CheckConstraint(
                condition=models.Q(repost_of=None) | models.Q(body="", is_quote=False, has_poll=False),
                name="repost_says_nothing",
            ),
            models.CheckConstraint(condition=models.Q(quoted=None) | models.Q(is_quote=True), name="quote_is_marked"),
            models.UniqueConstraint(
                fields=["author", "repost_of"],
                condition=models.Q(repost_of__isnull=False, deleted_at=None),
                name="repost_once",
            ),
        ]
        indexes = [
            models.Index(fields=["author", "-created_at", "-id"], name="post_by_author"),
            models.Index(fields=["circle"], name="post_by_circle", condition=~models.Q(circle=None)),
            models.Index(fields=["repost_of", "-id"], name="reposts_of_post", condition=~models.Q(repost_of=None)),
            models.Index(fields=["quoted", "-id"], name="quotes_of_post", condition=~models.Q(quoted=None)),
            models.Index(fields=["link_card"], name="posts_of_link_card", condition=~models.Q(link_card=None)),
            models.Index(fields=["deleted_at"], name="deleted_posts", condition=~models.Q(deleted_at=None)),
            models.Index(
                fields=["author", "-deleted_at", "-id"], name="own_deleted_posts", condition=~models.Q(deleted_at=None)
            ),
            models.Index(
                fields=["-created_at", "-id"],
                name="post_public_newest",
                condition=models.Q(audience=Audience.PUBLIC, deleted_at=None, hidden_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"post {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("posts:detail", args=[self.pk])

    @property
    def is_gone(self) -> bool:
        return self.deleted_at is not None or self.hidden_at is not None


class Revision(models.Model):
    """What a post said before an edit; who may see the post may see how it changed."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="revisions", db_index=False)
    number = models.PositiveIntegerField()  # from 1
    body = models.TextField()
    warning = models.CharField(max_length=WARNING_LIMIT, blank=True)
    written_at = models.DateTimeField()  # when it was said so

    class Meta:
        verbose_name = _("earlier text of a post")
        verbose_name_plural = _("earlier texts of posts")
        constraints = [models.UniqueConstraint(fields=["post", "number"], name="revision_once")]

    def __str__(self) -> str:
        return f"{self.post_id} as of {self.written_at:%Y-%m-%d %H:%M}"


class Pin(models.Model):
    """A post its author keeps at the top of their profile."""

    post = models.OneToOneField(Post, models.CASCADE, primary_key=True, related_name="pin")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="pins")
    until = models.DateTimeField(_("until"), null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("pinned post")
        verbose_name_plural = _("pinned posts")

    def __str__(self) -> str:
        return f"pinned {self.post_id}"


@pghistory.track(
    pghistory.InsertEvent("started"),
    pghistory.DeleteEvent("ended"),
    model_name="BoostEvent",
    fields=["post", "by", "reason", "starts_at", "ends_at"],
)
class Boost(models.Model):
    """A post shown to more people for a while, marked as such (PO4). Only ever to who may see it anyway."""

    post = models.OneToOneField(Post, models.CASCADE, related_name="boost")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(_("shown because"), max_length=120, blank=True)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("boost")
        verbose_name_plural = _("boosts")
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="boost_ends_later")
        ]
        indexes = [models.Index(fields=["ends_at"], name="boosts_by_end")]

    def __str__(self) -> str:
        return f"boost of {self.post_id} until {self.ends_at:%Y-%m-%d %H:%M}"
