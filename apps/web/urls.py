"""Pages that put several apps together. Addresses are the public contract (docs/architecture.md)."""

from django.urls import path

from apps.web.views import explore, home, look, plain, profile

app_name = "web"
urlpatterns = [
    path("", home.home, name="home"),
    path("explore/", explore.explore, name="explore"),
    path("@<str:username>/", profile.profile, name="profile"),
    path("look/", look.set_look, name="look"),
    path("campus/<id:university_id>.css", look.campus_css, name="campus_css"),
    path("robots.txt", plain.robots, name="robots"),
    path("favicon.ico", plain.favicon, name="favicon"),
]
