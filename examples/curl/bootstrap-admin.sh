#!/usr/bin/env bash
# Makes a super admin on the command line, and by that one the first admin over the API.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/client.sh"

usage() {
    cat <<'HELP'
Usage: bootstrap-admin.sh [OPTION]... ADMIN

Makes the super admin GATEHOUSE_USER on the command line, logs in as such, and creates the admin ADMIN. What exists
already is left as it is, so it can be run again.

The command is gatehouse, or what the variable GATEHOUSE says, such as 'cargo run -q --' or gatehouse-operator. It must
find the configuration of the server, so run this where the server runs.

Options:
  --generate FILE           generate the password of ADMIN and write it into FILE, which must not exist
  --new-password-file FILE  take the first line of FILE as the password of ADMIN, - for standard input
  --help                    show this

Without either, the password of ADMIN is asked for.

Example:
  GATEHOUSE_USER=root.admin bootstrap-admin.sh --generate anna.password anna.admin
HELP
    help_on_environment
}

# Makes the account GATEHOUSE_USER. The password goes in through a pipe.
create_super_admin() {
    local gatehouse
    read -r -a gatehouse <<<"${GATEHOUSE:-gatehouse}"
    command -v "${gatehouse[0]}" >/dev/null || fail "${gatehouse[0]} is not installed: GATEHOUSE can name the command"
    [ -n "${GATEHOUSE_PASSWORD_FILE:-}" ] || confirm_secret
    printf '%s\n' "$PASSWORD" | "${gatehouse[@]}" create-super-admin "$GATEHOUSE_USER" --password-stdin ||
        fail "$GATEHOUSE_USER can neither log in nor be made: does it exist, but inactive or with another password?"
}

# Says that the account of this view is an active admin already, or what must be done so that it is.
judge_existing_admin() {
    local username role is_active
    read -r username role is_active < <(jq --raw-output '"\(.username) \(.role) \(.is_active)"' <<<"$1")
    [ "$is_active" = true ] || fail "$username exists already but is inactive: gatehouse reactivate $username"
    [ "$role" != user ] ||
        fail "$username exists already as a plain user: take another name, or PATCH /api/v1/users/grant makes it admin"
    printf '%s exists already as %s\n' "$username" "${role/_/ }"
}

while [ $# -gt 0 ]; do
    case $1 in
    --help)
        usage
        exit
        ;;
    --generate | --new-password-file)
        take_new_password_option "$@"
        shift 2
        ;;
    -*) misuse "unknown option $1" ;;
    *) break ;;
    esac
done
[ $# -eq 1 ] || misuse 'there must be one ADMIN, after the options'
admin=$1

prepare
log_in
if [ "$STATUS" = 401 ]; then
    create_super_admin
    log_in
    [ "$STATUS" = 200 ] || fail "$(problem)
Do gatehouse and the server at $GATEHOUSE_URL use the same database?"
elif [ "$STATUS" != 200 ]; then
    fail "$(problem)"
else
    jq --exit-status '.role == "super_admin"' "$ANSWER" >/dev/null ||
        fail "$GATEHOUSE_USER exists already, but not as super admin: gatehouse promote $GATEHOUSE_USER"
    printf '%s exists already as super admin\n' "$GATEHOUSE_USER"
fi

existing=$(find_user "$admin")
if [ -n "$existing" ]; then
    judge_existing_admin "$existing"
    exit
fi
read_new_password "$admin"
describe_new_user "$admin" admin
request_with_new_password POST /users/ "$BODY"
jq --raw-output '"\(.username) (\(.id)) was created as admin"' "$ANSWER"
