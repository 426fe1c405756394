from django.urls import path

from apps.feed import views

app_name = "feed"
urlpatterns = [
    path("feed/page/", views.more, name="page"),
    path("feed/new/", views.new, name="new"),
    path("api/feed", views.api, name="api"),
]
