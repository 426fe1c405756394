"""Pages that put several apps together. Addresses are the public contract (docs/architecture.md)."""

from django.urls import path, re_path

from apps.web.views import agree, explore, home, look, pages, plain, post_menu, profile, setup, welcome

PAGE = r"^(?P<slug>rules|privacy|about|help|accessibility)/"  # of web.PageVersion.Slug

app_name = "web"
urlpatterns = [
    path("", home.home, name="home"),
    path("explore/", explore.explore, name="explore"),
    path("explore/trending/", explore.trending, name="trending"),
    path("@<str:username>/", profile.profile, name="profile"),
    path("posts/<id:post_id>/more/", post_menu.post_menu, name="post_menu"),
    path("hint/close/", profile.close_hint, name="close_hint"),
    re_path(rf"{PAGE}$", pages.page, name="page"),
    re_path(rf"{PAGE}history/$", pages.page_history, name="page_history"),
    re_path(rf"{PAGE}history/(?P<number>[1-9][0-9]{{0,5}})/$", pages.page_version, name="page_version"),
    path("agree/", agree.agree, name="agree"),
    path("setup/", setup.setup, name="setup"),
    path("welcome/", welcome.resume, name="welcome"),
    path("welcome/<id:step>/", welcome.welcome, name="welcome"),
    path("welcome/close/", welcome.close, name="welcome_close"),
    path("keys/", look.keys, name="keys"),
    path("look/", look.set_look, name="look"),
    path("campus/<id:university_id>.css", look.campus_css, name="campus_css"),
    path("robots.txt", plain.robots, name="robots"),
    path("favicon.ico", plain.favicon, name="favicon"),
]
