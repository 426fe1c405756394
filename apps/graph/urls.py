from django.urls import path

from apps.graph.views import circles, directory, edges, lists, quiet

app_name = "graph"
urlpatterns = [
    # /@somebody/
    path("@<str:username>/follow/", edges.follow, name="follow"),
    path("@<str:username>/unfollow/", edges.unfollow, name="unfollow"),
    path("@<str:username>/remove/", edges.remove_follower, name="remove_follower"),
    path("@<str:username>/block/", edges.block, name="block"),
    path("@<str:username>/unblock/", edges.unblock, name="unblock"),
    path("@<str:username>/mute/", quiet.mute, name="mute"),
    path("@<str:username>/unmute/", quiet.unmute, name="unmute"),
    path("@<str:username>/note/", quiet.note, name="note"),
    path("@<str:username>/followers/", lists.followers, name="followers"),
    path("@<str:username>/following/", lists.following, name="following"),
    path("@<str:username>/friends/", lists.friends, name="friends"),
    path("people/", directory.people, name="people"),
    path("people/suggest", lists.suggest, name="suggest"),
    # requests
    path("settings/requests/", edges.requests, name="requests"),
    path("requests/<str:username>/accept/", edges.accept_request, name="accept_request"),
    path("requests/<str:username>/decline/", edges.decline_request, name="decline_request"),
    # settings
    path("settings/blocked/", edges.blocked, name="blocked"),
    path("settings/muted/", quiet.muted, name="muted"),
    path("settings/circles/", circles.circles, name="circles"),
    path("settings/circles/<id:circle_id>/", circles.circle, name="circle"),
    path("settings/circles/<id:circle_id>/delete/", circles.delete_circle, name="delete_circle"),
]
