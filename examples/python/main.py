"""Signs up, logs in, lists the users as an admin and logs out."""

import os
import secrets
import sys
from typing import TypeVar, cast

import httpx

from gatehouse_client import AuthenticatedClient
from gatehouse_client.api.account import log_in, log_out, sign_up, who_am_i
from gatehouse_client.api.users import list_users
from gatehouse_client.models import (
    ListUsersSortingField,
    ListUsersSortingOrder,
    LogInBody,
    Problem,
    SignUpBody,
)

T = TypeVar("T")


def main() -> None:
    base_url = from_environment("GATEHOUSE_URL")
    admin_credentials = LogInBody(
        username=from_environment("GATEHOUSE_USER"),
        password=from_environment("GATEHOUSE_PASSWORD"),
    )
    with connect(base_url) as ada, connect(base_url) as admin:
        username, password = f"ada.{secrets.token_hex(4)}", secrets.token_urlsafe()
        account = SignUpBody(username=username, password=password)
        signed_up = succeeded(sign_up.sync(client=ada, body=account))
        print(f"signed up: {signed_up.username}")

        taken = sign_up.sync(client=ada, body=account)
        # Programs go by the code, people by the detail.
        if isinstance(taken, Problem) and taken.code == "username_already_exists":
            print(f"signed up again: {taken.code}: {taken.detail}")

        credentials = LogInBody(username=username, password=password)
        succeeded(log_in.sync(client=ada, body=credentials))
        me = succeeded(who_am_i.sync(client=ada))
        print(f"logged in: {me.username}, {me.role}, until {me.session_expires_at}")

        succeeded(log_in.sync(client=admin, body=admin_credentials))
        page = succeeded(
            list_users.sync(
                client=admin,
                sorting_field=ListUsersSortingField.CREATED_AT,
                sorting_order=ListUsersSortingOrder.DESC,
                limit=10,
            )
        )
        total = page.total if page.total_is_exact else f"more than {page.total}"
        print(f"users: {total}, the newest first")
        for user in page.users:
            state = "active" if user.is_active else "inactive"
            print(f"  {user.username}, {user.role}, {state}")

        for client in (ada, admin):
            succeeded(log_out.sync(client=client))
        gone = who_am_i.sync(client=ada)
        if isinstance(gone, Problem):
            print(f"logged out: {gone.code}")


def connect(base_url: str) -> AuthenticatedClient:
    """A client with a session of its own.

    The session is a cookie, which httpx keeps. The generated client takes it for a
    token, and would send one; the client of httpx that it is given here does not.
    """
    client = AuthenticatedClient(base_url, token="", raise_on_unexpected_status=True)
    return client.set_httpx_client(httpx.Client(base_url=base_url))


def succeeded(answer: T | Problem | None) -> T:
    """What the answer brings; a refusal that is not expected ends the program."""
    if isinstance(answer, Problem):
        summary = f"{answer.status} {answer.code}: {answer.detail}"
        sys.exit(f"{summary} (request {answer.request_id})")
    return cast(T, answer)


def from_environment(name: str) -> str:
    return os.environ.get(name) or sys.exit(f"{name} is not set")


if __name__ == "__main__":
    main()
