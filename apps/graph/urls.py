from django.urls import path

from apps.graph.views import edges as views

app_name = "graph"
urlpatterns = [
    path("@<str:username>/follow/", views.follow, name="follow"),
    path("@<str:username>/unfollow/", views.unfollow, name="unfollow"),
    path("@<str:username>/block/", views.block, name="block"),
    path("@<str:username>/unblock/", views.unblock, name="unblock"),
    path("@<str:username>/followers/", views.followers, name="followers"),
    path("@<str:username>/following/", views.following, name="following"),
    path("people/suggest", views.suggest, name="suggest"),
    path("settings/blocked/", views.blocked, name="blocked"),
]
