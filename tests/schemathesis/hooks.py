"""Checks of rules of this API, beside those that Schemathesis brings, and what its schemas cannot say."""

from uuid import UUID

import requests
import schemathesis

created_users = []
issued_links = []


@schemathesis.hook
def before_call(context, case, kwargs):
    """No password is a common one or contains the username, no cursor is made up, there is a user whose sessions or link
    are asked for or who is to be erased, and a link that was issued."""
    password = case.body.get("password") if isinstance(case.body, dict) else None
    if isinstance(password, str):
        case.body["password"] = "#é".join(password)[: len(password)]
    # Only the page before says what it is, for one sorting field.
    if case.operation.definition.raw["operationId"] == "listUsers" and case.query:
        case.query.pop("after", None)
    operation = case.operation.definition.raw["operationId"]
    of_user = case.path.endswith(("/{user_id}/sessions", "/{user_id}/link")) or operation == "eraseUser"
    if of_user and created_users and is_id(case.path_parameters.get("user_id")):
        case.path_parameters["user_id"] = created_users[-1]
    takes_link = operation in ("readLink", "redeemLink")
    if takes_link and issued_links and isinstance(case.body, dict) and isinstance(case.body.get("token"), str):
        case.body["token"] = issued_links[-1]


@schemathesis.hook
def after_call(context, case, response):
    """Remembers users that were created, and links that were issued."""
    if response.status_code != 201:
        return
    operation, answer = case.operation.definition.raw["operationId"], response.json()
    if operation == "createUser":
        created_users.append(answer["id"])
    link = answer if operation == "issueLink" else answer.get("invitation")
    if link:
        issued_links.append(link["url"].split("#")[1])


def is_id(value):
    try:
        return UUID(value) is not None
    except (AttributeError, TypeError, ValueError):
        return False


@schemathesis.check
def problem_code_conformance(ctx, response, case):
    """A problem has one of the codes that the document lists for the operation and the status."""
    described = case.operation.definition.raw["responses"].get(str(response.status_code), {})
    examples = described.get("content", {}).get("application/problem+json", {}).get("examples")
    # Where nothing is described, the checks of statuses and content types judge.
    if examples is not None:
        code = response.json()["code"]
        assert code in examples, f"{response.status_code} has the undocumented code {code}"


@schemathesis.check
def use_after_log_out(ctx, response, case):
    """A session that was logged out is dead, whoever kept its cookie."""
    if case.operation.definition.raw["operationId"] != "logOut" or response.status_code != 204:
        return
    url = response.request.url.replace("/account/logout", "/account/me")
    again = requests.get(url, headers={"Cookie": response.request.headers["Cookie"]}, timeout=10)
    assert again.status_code == 401, f"a session that was logged out is answered {again.status_code}"
