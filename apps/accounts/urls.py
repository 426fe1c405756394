"""Own settings, and three of allauth's and the admin's addresses that we answer ourselves."""

from allauth.account import views as allauth_views
from django.urls import path

from apps.accounts.views import settings as views

app_name = "accounts"
urlpatterns = [
    path("settings/", views.settings, name="settings"),
    path("settings/profile/", views.settings_profile, name="settings_profile"),
    # Before allauth's page under the same address, which ends all other sessions only.
    path("accounts/sessions/", views.sessions, name="sessions"),
    # Before the admin's own pages: one log-in, one log-out for the whole site.
    path("admin/login/", views.admin_login, name="admin_login"),
    path("admin/logout/", allauth_views.logout, name="admin_logout"),
]
