from django.contrib import admin
from django.contrib.staticfiles.urls import staticfiles_urlpatterns
from django.urls import path
from notes import views

urlpatterns = [
    path("", views.index, name="index"),
    path("admin/", admin.site.urls),
    # Only with DEBUG: in production `manage.py collectstatic` and a web server do this.
    *staticfiles_urlpatterns(),
]
