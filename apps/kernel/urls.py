from django.urls import path

from apps.kernel import views
from apps.kernel.jobs import views as jobs

app_name = "kernel"
urlpatterns = [
    path("health/live", views.live, name="live"),
    path("health/ready", views.ready, name="ready"),
    path("api/jobs/<uuid:job_id>/status", jobs.status, name="job_status"),
]
