from django.urls import path

from apps.feed import views

app_name = "feed"
urlpatterns = [
    path("feed/page/", views.more, name="page"),
    path("feed/new/", views.new, name="new"),
    path("feed/settings/", views.settings, name="settings"),
    path("feed/filters/", views.filters, name="filters"),
    path("feed/place/", views.place, name="place"),
    path("feed/away/close/", views.close_away, name="close_away"),
    path("posts/<id:post_id>/why/", views.why, name="why"),
    path("posts/<id:post_id>/less/", views.less, name="less"),
    path("posts/<id:post_id>/less/undo/", views.less_undo, name="less_undo"),
    path("api/feed", views.api, name="api"),
]
