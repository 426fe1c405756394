"""Addresses that exist only while DEBUG is on."""

from django.urls import path

from apps.web.views import look

urlpatterns = [path("styleguide/", look.styleguide, name="styleguide")]
