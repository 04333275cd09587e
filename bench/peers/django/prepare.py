"""Makes the tables, `root.admin` and other users, who all have its password."""

import sys

import app  # noqa: F401, sets Django up
from django.contrib.auth.models import User
from django.core.management import call_command

username, password, users = sys.argv[1:]
call_command("migrate", verbosity=0)
root = User.objects.create_superuser(username, password=password)
User.objects.bulk_create(
    User(username=f"user{number:07}", password=root.password) for number in range(1, int(users) + 1)
)
