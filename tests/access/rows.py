"""The table of the access matrix."""

import re

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
)

ADMIN = re.compile(r"admin:.*|admin/.*")  # by one rule: test_the_admin_is_for_staff_with_the_permission
SOCKETS = ["/ws/", "/api/chat/ws"]

GUESTS_ONLY = members(HOME, guest=200)  # log-in and sign-up lead a member home
ALICE = "/@alice/"
TO_ADMIN = by(403, anonymous=LOGIN, suspended=LOGIN, moderator=HOME, staff=HOME, superuser=HOME)

ROWS = [
    # --- kernel
    Row("kernel:live", at("/health/live"), everyone(200)),
    Row("kernel:ready", at("/health/ready"), everyone(200)),
    Row("kernel:job_status", lambda w: f"/api/jobs/{w.job_id}/status", members(404, owner=200), NO_POST),
    # --- web
    Row("web:home", at("/"), everyone(200)),
    Row("web:explore", at("/explore/"), everyone(200)),
    Row("web:profile", at(ALICE), by(200, **HIDDEN_FROM)),
    Row("web:look", at("/look/"), everyone(405), everyone(HOME), lambda w: {"theme": "dark"}),
    Row("web:campus_css", lambda w: f"/campus/{w.northmere.pk}.css", everyone(200)),
    Row("web:robots", at("/robots.txt"), everyone(200)),
    Row("web:favicon", at("/favicon.ico"), everyone(HOME)),
    # --- accounts
    Row("accounts:settings", at("/settings/"), members(HOME), NO_POST),
    Row("accounts:settings_profile", at("/settings/profile/"), members(200), members(400)),  # an empty form
    Row("accounts:sessions", at("/accounts/sessions/"), members(200), members(HOME)),
    Row("accounts:admin_login", at("/admin/login/"), TO_ADMIN, TO_ADMIN),
    Row("accounts:admin_logout", at("/admin/logout/"), members(200, guest=HOME), members(HOME, guest=HOME)),
    # --- graph
    Row("graph:follow", at(f"{ALICE}follow/"), NO_GET, members(HOME, **HIDDEN_FROM, owner=403)),
    Row("graph:unfollow", at(f"{ALICE}unfollow/"), NO_GET, members(HOME, **HIDDEN_FROM)),
    Row("graph:block", at(f"{ALICE}block/"), NO_GET, members(HOME, **HIDDEN_FROM, owner=403)),
    Row("graph:unblock", at(f"{ALICE}unblock/"), NO_GET, members(404, blocker=HOME)),
    Row("graph:followers", at(f"{ALICE}followers/"), by(200, **HIDDEN_FROM)),
    Row("graph:following", at(f"{ALICE}following/"), by(200, **HIDDEN_FROM)),
    Row("graph:suggest", at("/people/suggest?q=al"), members(200), NO_POST),
    Row("graph:blocked", at("/settings/blocked/"), members(200), NO_POST),
    # --- posts
    Row("posts:create", at("/posts/"), NO_GET, members(HOME), lambda w: {"body": "hello", "audience": "0"}),
    Row("posts:tag", at("/tags/quad/"), everyone(200)),
    *(row for audience in Audience for row in post_rows(audience)),
    # --- feed
    Row("feed:api", at("/api/feed"), members(200), NO_POST),
    Row("feed:page", at("/feed/page/"), members(HOME), NO_POST),  # without HTMX: the page it is a part of
    Row("feed:new", at("/feed/new/?since=2020-01-01T00:00:00Z"), members(HOME), NO_POST),
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
]
__all__ = ["ADMIN", "LOGIN", "ROWS", "SOCKETS"]
