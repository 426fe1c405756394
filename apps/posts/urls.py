from django.urls import path

from apps.posts import views

app_name = "posts"
urlpatterns = [
    # /posts/
    path("posts/", views.create, name="create"),
    path("posts/<id:post_id>/", views.detail, name="detail"),
    path("posts/<id:post_id>/like/", views.like, name="like"),
    path("posts/<id:post_id>/delete/", views.delete, name="delete"),
    path("posts/<id:post_id>/restore/", views.restore, name="restore"),
    path("posts/<id:post_id>/comments/", views.comment, name="comment"),
    # /comments/
    path("comments/<id:comment_id>/", views.comment_detail, name="comment_detail"),
    path("comments/<id:comment_id>/like/", views.comment_like, name="comment_like"),
    path("comments/<id:comment_id>/delete/", views.comment_delete, name="comment_delete"),
    path("comments/<id:comment_id>/restore/", views.comment_restore, name="comment_restore"),
    # /tags/
    path("tags/<str:name>/", views.tag, name="tag"),
]
