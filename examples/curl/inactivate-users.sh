#!/usr/bin/env bash
# Shuts out the leavers of a CSV file: inactivates the accounts, and erases them if that is asked for.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/client.sh"

usage() {
    cat <<'HELP'
Usage: inactivate-users.sh [OPTION]... USERS

Inactivates the users of the CSV file USERS, whose first line is username and whose other lines have a username each.
This ends their sessions. With --erase, it erases the accounts afterwards, which cannot be undone.

All users are looked up and shown before anything is done. On a terminal it asks then; to erase, the number of accounts
must be typed. Without a terminal it erases with --yes only.

A line that is refused does not hinder the others; all of them are listed. So is a name that nobody has, which fails:
if it is mistyped, the leaver is still there. It can be run again. It stops if the server is away or the session ends.

Options:
  --erase                   erase the accounts for good; nobody can have their names again
  --yes                     do not ask
  --help                    show this

Example:
  GATEHOUSE_USER=anna.admin inactivate-users.sh leavers.csv
HELP
    help_on_environment
}

# Plans to shut out the user of one line, and shows what tells that account from one with a similar name.
plan_user() {
    local id
    show_progress_of_lines "$planned found, $FAILED failed"
    look_up_user "$1"
    if [ "$STATUS" != 200 ]; then
        note_failure "$1" "$(problem)"
        stop_if_hopeless
        return
    elif [ -z "$FOUND" ]; then
        note_failure "$1" 'nobody has this name'
        return
    fi
    id=$(jq --raw-output .id <<<"$FOUND")
    if grep -q "^[0-9]* $id " "$WORK/plan"; then
        note "$1" 'is listed already'
        return
    fi
    planned=$((planned + 1))
    show_progress ''
    jq --raw-output '
        "\(.username) (\(.id)), \(.role), \(if .is_active then "active" else "inactive" end), created \(.created_at)"
    ' <<<"$FOUND"
    printf '%s %s %s\n' "$LINE" "$id" "$(jq --raw-output '"\(.username) \(.is_active)"' <<<"$FOUND")" >>"$WORK/plan"
}

# Asks whether the accounts are meant.
confirm() {
    local answer=
    if [ -n "$yes" ] || ! [ -t 0 ]; then
        return
    fi
    if [ -n "$erase" ]; then
        printf 'Accounts to be erased for good, whose names nobody can have again: %s.\n' "$planned" >&2
        read -r -p 'Type their number to go on: ' answer || true
        [ "$answer" = "$planned" ] || fail 'nothing was done'
    else
        read -r -p "Accounts that will be inactive, and their sessions end: $planned. Go on? [y/N] " answer || true
        case $answer in y | Y | yes) ;; *) fail 'nothing was done' ;; esac
    fi
}

# Inactivates a user, erases the account if that is asked for, and counts and notes what came of it.
shut_out_user() {
    local id=$1 username=$2 was_active=$3
    show_progress_of_lines "$inactivated inactivated, $erased erased, $FAILED failed"
    BODY=$(jq --compact-output --null-input --arg username "$username" '{$username}')
    call PATCH /users/inactivate "$BODY"
    if [ "$STATUS" != 200 ]; then
        note_failure "$username" "$(problem)"
    elif [ -n "$erase" ]; then
        erase_user "$id" "$username"
    elif [ "$was_active" = true ]; then
        inactivated=$((inactivated + 1))
    else
        already=$((already + 1))
    fi
    stop_if_hopeless
}

# Erases an inactive user. By the id, so that it is the account that was shown.
erase_user() {
    call DELETE "/users/$1"
    if [ "$STATUS" = 204 ] || jq --exit-status '.code == "user_not_found"' "$ANSWER" >/dev/null 2>&1; then
        # Not found: an attempt before, or somebody else, has erased it.
        erased=$((erased + 1))
    else
        note_failure "$2" "is inactive, but not erased: $(problem)"
    fi
}

erase=
yes=
while [ $# -gt 0 ]; do
    case $1 in
    --help)
        usage
        exit
        ;;
    --erase)
        erase=yes
        shift
        ;;
    --yes)
        yes=yes
        shift
        ;;
    -*) misuse "unknown option $1" ;;
    *) break ;;
    esac
done
[ $# -eq 1 ] || misuse 'there must be one file, USERS, after the options'
if [ -n "$erase" ] && [ -z "$yes" ] && ! [ -t 0 ]; then
    misuse 'there is no terminal to ask on: --erase needs --yes'
fi
check_csv "$1" username

begin_session
require_admin 'inactivate users'

planned=0 inactivated=0 already=0 erased=0
: >"$WORK/plan"
for_each_line plan_user
print_notes
[ -z "$STOP" ] || fail "nothing was done: $STOP"
if [ "$planned" -eq 0 ]; then
    fail 'nothing was done: there is nobody to shut out'
fi
confirm

# What came of the request that was on its way is told, too.
trap 'STOP=interrupted' HUP INT TERM
while [ -z "$STOP" ] && read -r LINE id username was_active <&3; do
    shut_out_user "$id" "$username" "$was_active"
done 3<"$WORK/plan"

print_notes
if [ -n "$erase" ]; then
    printf '%s erased, %s failed\n' "$erased" "$FAILED"
else
    printf '%s inactivated, %s inactive already, %s failed\n' "$inactivated" "$already" "$FAILED"
fi
fail_if_stopped
[ "$FAILED" -eq 0 ] || exit 1
