"""Ways in: verification, invitations, requests to join, campus log-in."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.people import Role


class Verification(models.Model):
    """Why we believe that a person belongs to their university; the badge's source. Its end stands on User, too."""

    class Source(models.TextChoices):
        MAIL = "mail", _("a university address")
        SSO = "sso", _("the university's log-in")
        ROSTER = "roster", _("the university's list")
        MANUAL = "manual", _("a look at their papers")

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="verification"
    )
    source = models.CharField(_("by"), max_length=6, choices=Source.choices)
    verified_at = models.DateTimeField(_("since"), db_default=Now())
    expires_at = models.DateTimeField(_("until"), null=True, blank=True)  # None: without end
    reminded_at = models.DateTimeField(null=True, editable=False)
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")
        indexes = [models.Index(fields=["expires_at"], name="verification_by_end", condition=~Q(expires_at=None))]

    def __str__(self) -> str:
        return f"{self.person_id} by {self.source}"


class Invitation(models.Model):
    """A door for somebody without an address of the campus, or with a role of their own (FEATURES A10).

    The link is signed and holds the id alone, so that a copy of the database opens nothing.
    """

    university = models.ForeignKey("accounts.University", models.CASCADE, related_name="invitations")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.STUDENT)
    email = models.EmailField(_("for the address"), blank=True)  # empty: whoever has the link
    note = models.CharField(_("a word to them"), max_length=300, blank=True)
    max_uses = models.PositiveIntegerField(_("may be used"), default=1)
    uses = models.PositiveIntegerField(_("used"), default=0, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="invitations")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField(_("open until"))
    sent_at = models.DateTimeField(null=True, editable=False)  # the newest mail
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.CheckConstraint(condition=Q(uses__lte=F("max_uses")), name="invitation_not_overused"),
            models.CheckConstraint(condition=Q(max_uses__gte=1), name="invitation_lets_somebody_in"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="invited_address_is_lower_case"),
        ]
        indexes = [models.Index(fields=["created_by", "-created_at"], name="invitation_by_maker")]

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class InvitationUse(models.Model):
    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="used_by")
    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="invited_with")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("use of an invitation")
        verbose_name_plural = _("uses of invitations")

    def __str__(self) -> str:
        return f"{self.person_id} by invitation {self.invitation_id}"


class JoinRequest(models.Model):
    """Somebody waits for staff to let them in (FEATURES A9). The account stays unconfirmed until then."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        ACCEPTED = "accepted", _("accepted")
        REJECTED = "rejected", _("rejected")

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="join_request")
    university = models.ForeignKey("accounts.University", models.CASCADE, related_name="join_requests")
    reason = models.TextField(_("reason"), max_length=500)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    answer = models.TextField(_("answer to them"), max_length=500, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("request to join")
        verbose_name_plural = _("requests to join")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at=None) | (~Q(state="waiting") & Q(decided_at__isnull=False)),
                name="a_decision_has_its_time",
            )
        ]
        indexes = [models.Index(fields=["created_at"], name="waiting_to_join", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.person_id} asks to join {self.university_id}"


class BlockedDomain(models.Model):
    """Addresses under it may not be used here, not even with an invitation."""

    domain = models.CharField(_("domain"), max_length=253, unique=True, help_text=_("Lower case, without @."))
    why = models.CharField(_("why"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("blocked domain")
        verbose_name_plural = _("blocked domains")
        constraints = [
            models.CheckConstraint(condition=Q(domain=Lower("domain")), name="blocked_domain_is_lower_case"),
        ]

    def __str__(self) -> str:
        return self.domain


class SignOn(models.Model):
    """What the claims of one campus log-in (an allauth SocialApp, by OIDC or SAML) mean here (XP2)."""

    app = models.OneToOneField("socialaccount.SocialApp", models.CASCADE, related_name="sign_on")
    # None: the domain of the address, or of the scope in `scope_claim`, says which (a federation).
    university = models.ForeignKey(
        "accounts.University", models.CASCADE, null=True, blank=True, related_name="sign_ons"
    )
    scope_claim = models.CharField(_("claim with the domain"), max_length=100, blank=True)
    role_claim = models.CharField(_("claim with the role"), max_length=100, blank=True, default="eduPersonAffiliation")
    roles = models.JSONField(
        _("roles"), default=dict, blank=True, help_text=_('What its values mean: {"employee": "staff"}.')
    )
    programme_claim = models.CharField(_("claim with the programme"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("campus log-in")
        verbose_name_plural = _("campus log-ins")

    def __str__(self) -> str:
        return f"campus log-in {self.pk}"
