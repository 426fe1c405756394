"""Own settings, and three of allauth's and the admin's addresses that we answer ourselves."""

from allauth.account import views as allauth_views
from django.urls import path

from apps.accounts.social import OIDC, SAML
from apps.accounts.views import entry, links, look, privacy, profile, sso
from apps.accounts.views import settings as views

app_name = "accounts"
urlpatterns = [
    # Ways in.
    path("accounts/signup/way/", entry.signup_way, name="signup_way"),
    path("accounts/waiting/", entry.waiting, name="waiting"),
    path("invite/<str:token>/", entry.invitation, name="invitation"),
    path("settings/invitations/", entry.invitations, name="invitations"),
    path("settings/verification/", entry.verification, name="settings_verification"),
    path("settings/", look.index, name="settings"),
    path("settings/look/", look.settings_look, name="settings_look"),
    path("settings/links/<id:link_id>/check/", links.check_link, name="check_link"),
    path("settings/profile/", profile.settings_profile, name="settings_profile"),
    path("settings/status/", profile.set_status, name="set_status"),
    path("settings/privacy/", privacy.settings_privacy, name="settings_privacy"),
    path("settings/studies/", profile.settings_studies, name="settings_studies"),
    path("settings/links/", profile.settings_links, name="settings_links"),
    path("settings/words/<str:kind>/", profile.words, name="words"),
    # Before allauth's page under the same address, which ends all other sessions only.
    path("accounts/sessions/", views.sessions, name="sessions"),
    # Before allauth's, which asks its question as often as anybody likes; each one is a session.
    path("accounts/2fa/webauthn/login/", views.passkey_log_in, name="passkey_log_in"),
    # Before allauth's: a page that leaves for the university, and our checks of what comes back.
    path("accounts/3rdparty/", sso.connections, name="connections"),
    path("accounts/oidc/<str:provider_id>/login/", sso.campus_log_in, {"kind": OIDC}, name="oidc_log_in"),
    path("accounts/oidc/<str:provider_id>/login/callback/", sso.oidc_back, name="oidc_back"),
    path("accounts/saml/<str:organization_slug>/login/", sso.campus_log_in, {"kind": SAML}, name="saml_log_in"),
    path("accounts/saml/<str:organization_slug>/acs/", sso.saml_back, name="saml_back"),
    path("accounts/saml/<str:organization_slug>/acs/finish/", sso.saml_finish, name="saml_finish"),
    path("accounts/saml/<str:organization_slug>/sls/", sso.saml_logout, name="saml_logout"),
    # Before the admin's own pages: one log-in, one log-out for the whole site.
    path("admin/login/", views.admin_login, name="admin_login"),
    path("admin/logout/", allauth_views.logout, name="admin_logout"),
]
