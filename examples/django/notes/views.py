from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from .models import Note


def index(request: HttpRequest) -> HttpResponse:
    return render(request, "notes/index.html", {"notes": Note.objects.all()[:50]})
