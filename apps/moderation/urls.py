"""Reporting: /report/…"""

from django.urls import path

from apps.moderation import views

app_name = "moderation"
urlpatterns = [
    path("report/thanks/", views.thanks, name="thanks"),
    path("report/<str:kind>/<id:target_id>/", views.report, name="report"),
]
