#!/usr/bin/env bash
# Invites a user for every line of a CSV file, each by a link of its own.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/client.sh"

usage() {
    cat <<'HELP'
Usage: invite-users.sh [OPTION]... USERS LINKS

Creates the users of the CSV file USERS, whose first line is username,role and whose other lines are like alice,user. A
role is user or admin, and user if it is left out. Quotes are not understood: no username or role needs any.

Nobody learns a password: each user sets one by a link. The links are written, with username and expiry, into the CSV
file LINKS, which must not exist and which only its owner can read. Send each link to its user over a safe channel, and
delete the file: whoever has a link can set the password.

A line that is refused does not hinder the others; all of them are listed at the end. Users who exist already are left
as they are, so it can be run again, with another file for LINKS. It stops if the server is away or the session ends.

Options:
  --renew                   give another link to those who exist already, but have set no password yet; their former
                            link is void then
  --help                    show this

Example:
  GATEHOUSE_USER=anna.admin invite-users.sh new-users.csv links.csv
HELP
    help_on_environment
}

# Invites the user of one line, and counts and notes what came of it.
invite_user() {
    local username=$1 role=${2:-user} doubt
    show_progress_of_lines "$invited invited, $renewed renewed, $existing existed, $FAILED failed"
    BODY=$(jq --compact-output --null-input --arg username "$username" --arg role "$role" '{$username, $role}')
    call POST /users/ "$BODY"
    doubt=$IN_DOUBT
    if [ "$STATUS" = 201 ]; then
        keep_link "$username" .invitation
        invited=$((invited + 1))
    elif [ "$STATUS" = 409 ]; then
        judge_existing_user "$username" "$doubt"
    elif [ -n "$doubt" ]; then
        note_failure "$username" "$(problem); it may be invited now: if so, --renew gives another link"
    else
        note_failure "$username" "$(problem)"
    fi
    stop_if_hopeless
}

# Gives another link to a user who exists, or says why not.
judge_existing_user() {
    local username=$1 doubt=$2
    look_up_user "$username"
    if [ "$STATUS" != 200 ]; then
        note_failure "$username" "$(problem)"
    elif [ -z "$FOUND" ]; then
        note_failure "$username" 'the name was that of a user who was erased: take another one'
    elif jq --exit-status '.is_active | not' >/dev/null <<<"$FOUND"; then
        existing=$((existing + 1))
        note "$username" 'exists already, but is inactive'
    elif jq --exit-status '.is_invited | not' >/dev/null <<<"$FOUND"; then
        existing=$((existing + 1))
        note "$username" 'exists already'
    elif [ -n "$renew" ]; then
        renew_link "$username" "$(jq --raw-output .id <<<"$FOUND")"
    elif [ -n "$doubt" ]; then
        note_failure "$username" 'is invited, but the answer with the link was lost: --renew gives another one'
    else
        existing=$((existing + 1))
        note "$username" 'is invited already: --renew gives another link'
    fi
}

# Issues another link to a user, which makes the former one void.
renew_link() {
    call POST "/users/$2/link"
    if [ "$STATUS" = 201 ]; then
        keep_link "$1" .
        renewed=$((renewed + 1))
    elif [ -n "$IN_DOUBT" ]; then
        note_failure "$1" "$(problem); the former link may be void: run this again"
    else
        note_failure "$1" "$(problem)"
    fi
}

# Writes down the link that is in this part of the answer.
keep_link() {
    jq --raw-output --exit-status --arg username "$1" \
        "$2"' | select(.url) | "\($username),\(.url),\(.expires_at)"' "$ANSWER" >>"$links" ||
        fail "no link of $1 could be written to $links: run this again, with --renew"
    origin=$(jq --raw-output "$2"' | .url | split("#")[0]' "$ANSWER")
}

renew=
while [ $# -gt 0 ]; do
    case $1 in
    --help)
        usage
        exit
        ;;
    --renew)
        renew=yes
        shift
        ;;
    -*) misuse "unknown option $1" ;;
    *) break ;;
    esac
done
[ $# -eq 2 ] || misuse 'there must be two files, USERS and LINKS, after the options'
links=$2
check_csv "$1" username,role

begin_session
require_admin 'invite users'
create_file "$links"
printf 'username,url,expires_at\n' >"$links"

invited=0 renewed=0 existing=0 origin=
# What came of the request that was on its way is told, too.
trap 'STOP=interrupted' HUP INT TERM
for_each_line invite_user

print_notes
printf '%s invited, %s renewed, %s existed already, %s failed\n' "$invited" "$renewed" "$existing" "$FAILED"
if [ -n "$origin" ]; then
    printf 'The links are in %s, and lead to %s\n' "$links" "$origin"
else
    rm -f "$links"
fi
fail_if_stopped
[ "$FAILED" -eq 0 ] || exit 1
