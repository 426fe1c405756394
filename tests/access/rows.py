"""The table of the access matrix."""

import re
from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from apps.posts.models import Audience
from tests.access.matrix import (
    HIDDEN_FROM,
    HOME,
    LOGIN,
    NO_GET,
    NO_POST,
    Row,
    at,
    by,
    everyone,
    members,
    post_rows,
    private_rows,
)
from tests.access.world import World

ADMIN = re.compile(r"admin:.*|admin/.*")  # by one rule: test_the_admin_is_for_staff_with_the_permission
SOCKETS = ["/ws/", "/api/chat/ws"]

GUESTS_ONLY = members(HOME, guest=200)  # log-in and sign-up lead a member home
ALICE = "/@alice/"
MUTING = members(HOME, **HIDDEN_FROM, owner=403)
TO_ADMIN = by(403, anonymous=LOGIN, suspended=LOGIN, moderator=HOME, staff=HOME, superuser=HOME)


def in_a_week(world: World) -> dict[str, str]:
    return {"publish_at": f"{timezone.localtime() + timedelta(days=7):%Y-%m-%dT%H:%M}"}


def folder(act: str) -> Callable[[World], str]:
    return lambda world: f"/bookmarks/folders/{world.folder_id}/{act}/"


def quote(act: str) -> Callable[[World], str]:
    return lambda world: f"/posts/{world.quote_id}/{act}/"


def bookmark(act: str) -> Callable[[World], str]:
    return lambda world: f"/bookmarks/{world.bookmark_id}/{act}/"


ROWS = [
    # --- kernel
    Row("kernel:live", at("/health/live"), everyone(200)),
    Row("kernel:ready", at("/health/ready"), everyone(200)),
    Row("kernel:job_status", lambda w: f"/api/jobs/{w.job_id}/status", members(404, owner=200), NO_POST),
    # --- web
    Row("web:home", at("/"), everyone(200)),
    Row("web:explore", at("/explore/"), everyone(200)),
    Row("web:trending", at("/explore/trending/"), everyone(200)),
    Row("web:trending", at("/explore/trending/?of=everywhere"), everyone(200), label="everywhere"),
    Row("web:profile", at(ALICE), by(200, **HIDDEN_FROM)),
    Row("web:close_hint", at("/hint/close/"), NO_GET, members(HOME)),
    Row("web:welcome", at("/welcome/"), members(HOME), NO_POST),
    Row("web:welcome", at("/welcome/1/"), members(200), members(400), label="step"),  # an empty form has no name
    Row("web:welcome", at("/welcome/4/"), members(200), members(HOME), lambda w: {"follow": "alice"}, label="people"),
    Row("web:welcome", at("/welcome/6/"), members(404), members(404), label="no step"),
    Row("web:welcome_close", at("/welcome/close/"), NO_GET, members(HOME)),
    Row("web:page", at("/rules/"), everyone(200)),
    Row("web:page_history", at("/rules/history/"), everyone(200)),
    Row("web:page_version", at("/rules/history/1/"), everyone(404)),  # nothing is published
    Row("web:agree", at("/agree/"), members(HOME), members(HOME)),  # nothing is asked
    Row("web:setup", at("/setup/"), everyone(404), everyone(404)),  # there is an administrator
    Row("web:keys", at("/keys/"), everyone(200)),
    Row("web:look", at("/look/"), everyone(405), everyone(HOME), lambda w: {"theme": "dark"}),
    Row("web:campus_css", lambda w: f"/campus/{w.northmere.pk}.css", everyone(200)),
    Row("web:robots", at("/robots.txt"), everyone(200)),
    Row("web:favicon", at("/favicon.ico"), everyone(HOME)),
    # --- accounts
    Row("accounts:settings", at("/settings/"), members(200), NO_POST),
    Row("accounts:settings_look", at("/settings/look/"), members(200), members(HOME)),
    Row("accounts:settings_privacy", at("/settings/privacy/"), members(200), members(400)),  # an empty form
    Row("accounts:settings_profile", at("/settings/profile/"), members(200), members(400)),  # an empty form
    Row("accounts:set_status", at("/settings/status/"), NO_GET, members(HOME)),  # an empty form: no status
    Row("accounts:settings_studies", at("/settings/studies/"), members(200), members(HOME)),  # an empty form
    Row("accounts:settings_links", at("/settings/links/"), members(200), members(400)),  # an empty form
    Row("accounts:check_link", lambda w: f"/settings/links/{w.link_id}/check/", NO_GET, members(404, owner=HOME)),
    Row("accounts:words", at("/settings/words/skills/"), members(200), NO_POST),
    Row("accounts:sessions", at("/accounts/sessions/"), members(200), members(HOME)),
    Row("accounts:signup_way", at("/accounts/signup/way/"), everyone(405), everyone(200), lambda w: {"email": "x@a.b"}),
    Row("accounts:waiting", at("/accounts/waiting/"), members(HOME), members(HOME)),
    Row("accounts:invitation", lambda w: w.invitation_path, members(HOME, guest=200), everyone(HOME)),
    Row("accounts:invitations", at("/settings/invitations/"), members(200), members(403, superuser=400)),
    Row(
        "accounts:settings_verification",
        at("/settings/verification/"),
        members(200),
        members(HOME),
        lambda w: {"send": "1"},
    ),
    Row("accounts:admin_login", at("/admin/login/"), TO_ADMIN, TO_ADMIN),
    Row("accounts:admin_logout", at("/admin/logout/"), members(200, guest=HOME), members(HOME, guest=HOME)),
    # --- graph
    Row("graph:follow", at(f"{ALICE}follow/"), NO_GET, members(HOME, **HIDDEN_FROM, owner=403)),
    Row("graph:unfollow", at(f"{ALICE}unfollow/"), NO_GET, members(HOME, **HIDDEN_FROM)),
    Row("graph:block", at(f"{ALICE}block/"), NO_GET, members(HOME, **HIDDEN_FROM, owner=403)),
    Row("graph:unblock", at(f"{ALICE}unblock/"), NO_GET, members(404, blocker=HOME)),
    Row("graph:followers", at(f"{ALICE}followers/"), by(200, **HIDDEN_FROM)),
    Row("graph:following", at(f"{ALICE}following/"), by(200, **HIDDEN_FROM)),
    Row("graph:friends", at(f"{ALICE}friends/"), by(200, **HIDDEN_FROM)),
    Row("graph:remove_follower", at(f"{ALICE}remove/"), NO_GET, members(HOME, **HIDDEN_FROM)),
    Row("graph:mute", at(f"{ALICE}mute/"), members(200, **HIDDEN_FROM, owner=403), MUTING, lambda w: {"days": "7"}),
    Row("graph:unmute", at(f"{ALICE}unmute/"), NO_GET, members(HOME, **HIDDEN_FROM)),
    Row("graph:note", at(f"{ALICE}note/"), NO_GET, MUTING, lambda w: {"text": "from the choir"}),
    Row("graph:requests", at("/settings/requests/"), members(200), NO_POST),
    Row("graph:accept_request", at("/requests/moderator/accept/"), NO_GET, members(404, owner=HOME)),
    Row("graph:decline_request", at("/requests/moderator/decline/"), NO_GET, members(HOME)),
    Row("graph:muted", at("/settings/muted/"), members(200), NO_POST),
    Row("graph:circles", at("/settings/circles/"), members(200), members(HOME), lambda w: {"name": "Choir"}),
    Row(
        "graph:circle",
        lambda w: f"/settings/circles/{w.circle_id}/",
        members(404, owner=200),
        members(404, owner=HOME),
        lambda w: {"name": "Choir"},
    ),
    Row(
        "graph:delete_circle",
        lambda w: f"/settings/circles/{w.circle_id}/delete/",
        NO_GET,
        members(404, owner=HOME),
    ),
    *private_rows(),
    Row("graph:people", at("/people/"), members(200), NO_POST),
    Row("graph:suggest", at("/people/suggest?q=al"), members(200), NO_POST),
    Row("graph:blocked", at("/settings/blocked/"), members(200), NO_POST),
    # --- posts
    Row("posts:create", at("/posts/"), NO_GET, members(HOME), lambda w: {"body": "hello", "audience": "0"}),
    Row("posts:new", at("/posts/new/"), members(200), NO_POST),
    Row(
        "posts:new",
        lambda w: f"/posts/new/?quote={w.posts[Audience.PUBLIC].pk}",
        members(200, **HIDDEN_FROM),
        NO_POST,
        label="quote",
    ),
    Row("posts:new", lambda w: f"/posts/new/?draft={w.draft_id}", members(404, owner=200), NO_POST, label="draft"),
    Row("posts:new_parts", at("/posts/new/parts/"), members(HOME), members(200), lambda w: {"body": "hello"}),
    Row("posts:preview", at("/posts/preview/"), NO_GET, members(200), lambda w: {"body": "hello", "audience": "0"}),
    Row("posts:signs", at("/posts/signs/"), members(200), NO_POST),
    Row("posts:drafts", at("/drafts/"), members(200), NO_POST),
    Row(
        "posts:draft",
        lambda w: f"/drafts/{w.draft_id}/",
        members(404, owner=HOME),
        members(409, owner=HOME),  # others have no such draft, as if they had deleted it
        lambda w: {"body": "hello", "revision": "1"},
    ),
    Row("posts:draft_publish", lambda w: f"/drafts/{w.draft_id}/publish/", NO_GET, members(404, owner=HOME)),
    Row("posts:draft_delete", lambda w: f"/drafts/{w.draft_id}/delete/", NO_GET, members(404, owner=HOME)),
    Row("posts:draft_restore", lambda w: f"/drafts/{w.draft_id}/restore/", NO_GET, members(404, owner=HOME)),
    Row("posts:scheduled", at("/scheduled/"), members(200), NO_POST),
    Row("posts:reschedule", lambda w: f"/scheduled/{w.scheduled_id}/", NO_GET, members(404, owner=HOME), in_a_week),
    Row("posts:unschedule", lambda w: f"/scheduled/{w.scheduled_id}/cancel/", NO_GET, members(404, owner=HOME)),
    Row("posts:trash", at("/posts/deleted/"), members(200), NO_POST),
    Row("posts:settings_posting", at("/settings/posting/"), members(200), members(HOME)),
    Row("posts:bookmarks", at("/bookmarks/"), members(200), NO_POST),
    Row("posts:bookmark_restore", at("/bookmarks/restore/?was=forged"), NO_GET, members(404)),
    Row("posts:folders", at("/bookmarks/folders/"), members(200), NO_POST),
    Row("posts:folder_create", at("/bookmarks/folders/new/"), NO_GET, members(HOME), lambda w: {"name": "Exams"}),
    *(
        Row(
            f"posts:folder_{act}",
            folder(act),
            NO_GET,
            members(404, owner=HOME),
            lambda w: {"name": "Finals"},
        )
        for act in ("rename", "delete")
    ),
    Row(
        "posts:bookmark",
        lambda w: f"/bookmarks/{w.bookmark_id}/",
        members(404, owner=200),
        members(404, owner=HOME),
        lambda w: {"note": "later", "when": "tomorrow"},
    ),
    *(
        Row(
            f"posts:bookmark_{act}",
            bookmark(act),
            NO_GET,
            members(404, owner=HOME),
        )
        for act in ("done", "dismiss", "remove")
    ),
    Row("posts:muted_words", at("/settings/muted-words/"), members(200), members(HOME), lambda w: {"word": "exams"}),
    Row("posts:unmute_word", lambda w: f"/settings/muted-words/{w.word_id}/remove/", NO_GET, members(404, owner=HOME)),
    Row("posts:tags", at("/tags/"), members(200), NO_POST),
    Row("posts:tags", at("/tags/?q=qu"), members(200), NO_POST, label="found"),
    Row("posts:suggest_tags", at("/tags/suggest?q=qu"), members(200), NO_POST),
    Row("posts:follow_tag", at("/tags/quad/follow/"), NO_GET, members(HOME)),
    Row("posts:unfollow_tag", at("/tags/quad/unfollow/"), NO_GET, members(HOME)),
    Row("posts:tag", at("/tags/quad/"), everyone(200)),
    *(row for audience in Audience for row in post_rows(audience)),
    Row("posts:detail", lambda w: f"/posts/{w.repost_id}/", by(HOME, **HIDDEN_FROM), label="repost"),
    Row("posts:detail", lambda w: f"/posts/{w.quote_id}/", everyone(200), label="quote"),
    *(Row(f"posts:{act}", quote(act), NO_GET, members(403, owner=HOME)) for act in ("detach", "reattach")),
    # --- feed
    Row("feed:api", at("/api/feed"), members(200), NO_POST),
    Row("feed:page", at("/feed/page/"), members(HOME), NO_POST),  # without HTMX: the page it is a part of
    Row("feed:new", at("/feed/new/?since=2020-01-01T00:00:00Z"), members(HOME), NO_POST),
    Row("feed:settings", at("/feed/settings/"), NO_GET, members(HOME), lambda w: {"view": "latest", "filters": "1"}),
    Row("feed:filters", at("/feed/filters/"), members(200), NO_POST),
    Row("feed:place", at("/feed/place/"), NO_GET, members(HOME), lambda w: {"seen": "2026-01-01T00:00:00Z"}),
    Row("feed:close_away", at("/feed/away/close/"), NO_GET, members(HOME)),
    # --- moderation
    Row("moderation:thanks", at("/report/thanks/"), members(200), NO_POST),
    Row(
        "moderation:report",
        lambda w: f"/report/person/{w.alice.pk}/",
        members(200, **HIDDEN_FROM, owner=403),
        members(HOME, **HIDDEN_FROM, owner=403),
        lambda w: {"category": "spam", "text": ""},
        "person",
    ),
    # --- allauth
    Row("account_login", at("/accounts/login/"), GUESTS_ONLY, GUESTS_ONLY),
    Row("account_signup", at("/accounts/signup/"), GUESTS_ONLY, GUESTS_ONLY),
    Row("account_logout", at("/accounts/logout/"), members(200, guest=HOME), members(HOME, guest=HOME)),
    Row("account_inactive", at("/accounts/inactive/"), everyone(200)),
    Row("account_change_password", at("/accounts/password/change/"), members(200), members(200)),
    Row("account_set_password", at("/accounts/password/set/"), members(HOME), members(HOME)),
    Row("account_email", at("/accounts/email/"), members(200), members(HOME)),
    Row("account_email_verification_sent", at("/accounts/confirm-email/"), members(HOME), members(HOME)),
    Row("account_reset_password", at("/accounts/password/reset/"), everyone(200), everyone(200)),
    Row(
        "account_confirm_password_reset_code", at("/accounts/password/reset/confirm/"), everyone(LOGIN), everyone(LOGIN)
    ),
    Row("account_complete_password_reset", at("/accounts/password/reset/complete/"), everyone(HOME), everyone(HOME)),
    Row("account_password_reset_completed", at("/accounts/password/reset/done/"), everyone(200)),
    Row("account_confirm_login_code", at("/accounts/login/code/confirm/"), members(HOME), members(HOME)),
    Row("account_reauthenticate", at("/accounts/reauthenticate/"), members(200), members(200)),
    Row("usersessions_list", at("/accounts/sessions/"), members(200), members(HOME)),
    Row("mfa_index", at("/accounts/2fa/"), members(200), NO_POST),
    Row("mfa_authenticate", at("/accounts/2fa/authenticate/"), members(HOME), members(HOME)),
    Row("mfa_reauthenticate", at("/accounts/2fa/reauthenticate/"), members(HOME), members(HOME)),
    Row("mfa_activate_totp", at("/accounts/2fa/totp/activate/"), members(HOME), members(HOME)),
    Row("mfa_deactivate_totp", at("/accounts/2fa/totp/deactivate/"), members(404), members(404)),
    Row("mfa_view_recovery_codes", at("/accounts/2fa/recovery-codes/"), members(404), members(405)),
    Row("mfa_generate_recovery_codes", at("/accounts/2fa/recovery-codes/generate/"), members(HOME), members(HOME)),
    Row("mfa_download_recovery_codes", at("/accounts/2fa/recovery-codes/download/"), members(404), members(404)),
    Row("mfa_list_webauthn", at("/accounts/2fa/webauthn/"), members(200), NO_POST),
    Row("mfa_add_webauthn", at("/accounts/2fa/webauthn/add/"), members(HOME), members(HOME)),  # asks who they are
    Row("mfa_edit_webauthn", at("/accounts/2fa/webauthn/keys/1/edit/"), members(HOME), members(HOME)),
    Row("mfa_remove_webauthn", at("/accounts/2fa/webauthn/keys/1/remove/"), members(HOME), members(HOME)),
    Row("mfa_reauthenticate_webauthn", at("/accounts/2fa/webauthn/reauthenticate/"), members(HOME), members(HOME)),
    Row("mfa_login_webauthn", at("/accounts/2fa/webauthn/login/"), members(HOME), members(HOME)),
    Row("accounts:passkey_log_in", at("/accounts/2fa/webauthn/login/"), members(HOME), members(HOME)),
    # --- campus log-ins: none is connected here (those that are: tests/accounts/sso)
    Row("accounts:oidc_log_in", at("/accounts/oidc/none/login/"), everyone(404), everyone(404)),
    Row("openid_connect_login", at("/accounts/oidc/none/login/"), everyone(404), everyone(404)),
    Row("accounts:oidc_back", at("/accounts/oidc/none/login/callback/"), everyone(404)),
    Row("openid_connect_callback", at("/accounts/oidc/none/login/callback/"), everyone(404)),
    Row("accounts:saml_log_in", at("/accounts/saml/none/login/"), everyone(404), everyone(404)),
    Row("saml_login", at("/accounts/saml/none/login/"), everyone(404), everyone(404)),
    Row("accounts:saml_back", at("/accounts/saml/none/acs/"), everyone(405), everyone(404), tokenless=True),
    Row("saml_acs", at("/accounts/saml/none/acs/"), everyone(405), everyone(404), tokenless=True),
    Row("accounts:saml_finish", at("/accounts/saml/none/acs/finish/"), everyone(404)),
    Row("saml_finish_acs", at("/accounts/saml/none/acs/finish/"), everyone(404)),
    Row("accounts:saml_logout", at("/accounts/saml/none/sls/"), everyone(404), everyone(404)),
    Row("saml_sls", at("/accounts/saml/none/sls/"), everyone(404), everyone(404)),
    Row("saml_metadata", at("/accounts/saml/none/metadata/"), everyone(404), everyone(404)),
    Row("accounts:connections", at("/accounts/3rdparty/"), members(200), members(200)),
    Row("socialaccount_connections", at("/accounts/3rdparty/"), members(200), members(200)),
    Row("socialaccount_signup", at("/accounts/3rdparty/signup/"), everyone(LOGIN), everyone(LOGIN)),
    Row("socialaccount_login_cancelled", at("/accounts/3rdparty/login/cancelled/"), everyone(200)),
    Row("socialaccount_login_error", at("/accounts/3rdparty/login/error/"), everyone(LOGIN)),
    *(  # where allauth's pages were once
        Row(f"accounts/social/{old}/", at(f"/accounts/social/{old}/"), everyone(HOME), everyone(HOME))
        for old in ("connections", "login/cancelled", "login/error", "signup")
    ),
]
__all__ = ["ADMIN", "LOGIN", "ROWS", "SOCKETS"]
