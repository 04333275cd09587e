"""A site on Django: its users, its sessions in the database, its middleware."""

import json
import os
from http import HTTPStatus
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.contrib.auth import authenticate, login
from django.contrib.auth.decorators import permission_required
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

database = urlsplit(os.environ["PEER_DATABASE_URL"])
settings.configure(
    ALLOWED_HOSTS=["127.0.0.1", "localhost"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": database.path[1:],
            "USER": database.username,
            "PASSWORD": database.password or "",
            "HOST": database.hostname,
            "PORT": database.port or "",
            "OPTIONS": {"pool": {"min_size": 1, "max_size": 4}},
        }
    },
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    ROOT_URLCONF=__name__,
    SECRET_KEY="known to everybody, for measurements alone",
    USE_TZ=True,
)
django.setup()

from django.contrib.auth.models import User  # noqa: E402, needs the settings


def view_of(user: User) -> dict:
    return {
        "id": user.pk,
        "username": user.username,
        "is_superuser": user.is_superuser,
        "is_active": user.is_active,
        "date_joined": user.date_joined,
        "last_login": user.last_login,
    }


@require_GET
def alive(request):
    return JsonResponse({"status": "ok"})


@csrf_exempt  # wrk sends no token.
@require_POST
def log_in(request):
    credentials = json.loads(request.body)
    user = authenticate(request, username=credentials["username"], password=credentials["password"])
    if user is None:
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
    login(request, user)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@require_GET
def me(request):
    if not request.user.is_authenticated:
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
    return JsonResponse(view_of(request.user))


@require_GET
@permission_required("auth.view_user", raise_exception=True)
def users(request):
    limit = min(int(request.GET.get("limit", 20)), 100)
    page = User.objects.order_by("username")[:limit]
    return JsonResponse({"users": [view_of(user) for user in page]})


urlpatterns = [
    path("api/v1/", alive),
    path("api/v1/account/login", log_in),
    path("api/v1/account/me", me),
    path("api/v1/users/", users),
]
application = get_wsgi_application()
