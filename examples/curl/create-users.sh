#!/usr/bin/env bash
# Creates a user for every line of a CSV file, with a password of its own.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/client.sh"

usage() {
    cat <<'HELP'
Usage: create-users.sh USERS PASSWORDS

Creates the users of the CSV file USERS, whose first line is username,role and whose other lines are like alice,user. A
role is user or admin, and user if it is left out. Quotes are not understood: no username or role needs any.

Passwords are generated and written, with username and role, into the CSV file PASSWORDS, which must not exist and which
only its owner can read. Hand them out, and delete it.

A line that is refused does not hinder the others; all of them are listed at the end. Users who exist already are left
as they are, so it can be run again, with another file for PASSWORDS. It stops if the server is away or the session
ends.

Options:
  --help                    show this

Example:
  GATEHOUSE_USER=anna.admin create-users.sh new-users.csv passwords.csv
HELP
    help_on_environment
}

# Creates the user of one line, and counts and notes what came of it.
create_user() {
    local username=$1 role=$2
    generate_password
    describe_new_user "$username" "$role"
    call POST /users/ "$BODY"
    if [ "$STATUS" = 201 ]; then
        created=$((created + 1))
        keep_password "$username" "$role"
    elif [ -n "$IN_DOUBT" ]; then
        keep_password "$username" "$role"
        note_failure "$username" "$(problem); it may exist now: if so, with the password in $passwords"
    elif [ "$STATUS" = 409 ]; then
        existing=$((existing + 1))
        note "$username" 'exists already'
    else
        note_failure "$username" "$(problem)"
    fi
    # There is no use in going on without a session or a server.
    case $STATUS in 000 | 401 | 429 | 503) stop=${stop:-$(problem)} ;; esac
}

keep_password() {
    printf '%s,%s,%s\n' "$1" "$2" "$NEW_PASSWORD" >>"$passwords" ||
        fail "cannot write to $passwords: $1 needs another password, by rotate-password.sh"
    kept=$((kept + 1))
}

# Notes for the summary what came of the line, without what a terminal might obey.
note() {
    printf 'line %s: %s: %s\n' "$line_number" "${1//[![:print:]]/?}" "$2" >>"$WORK/notes"
}

note_failure() {
    failed=$((failed + 1))
    note "$@"
}

while [ $# -gt 0 ]; do
    case $1 in
    --help)
        usage
        exit
        ;;
    -*) misuse "unknown option $1" ;;
    *) break ;;
    esac
done
[ $# -eq 2 ] || misuse 'there must be two files, USERS and PASSWORDS'
users=$1
passwords=$2
if ! [ -f "$users" ] || ! [ -r "$users" ]; then
    fail "$users is not a file that can be read"
fi
IFS= read -r header <"$users" || true
# Spreadsheets begin the file with a byte order mark and end lines with a carriage return.
header=${header#$'\xef\xbb\xbf'}
[ "${header%$'\r'}" = username,role ] || fail "the first line of $users must be username,role"
lines=$(($(grep -c '' "$users")))

begin_session
jq --exit-status '.role != "user"' "$ANSWER" >/dev/null ||
    fail "$GATEHOUSE_USER is a plain user: only admins create users"
create_file "$passwords"
printf 'username,role,password\n' >"$passwords"

created=0 existing=0 failed=0 kept=0 line_number=0 stop=
: >"$WORK/notes"
# What came of the request that was on its way is told, too.
trap 'stop=interrupted' HUP INT TERM
while [ -z "$stop" ] && { IFS= read -r line <&3 || [ -n "$line" ]; }; do
    line_number=$((line_number + 1))
    line=${line%$'\r'}
    if [ "$line_number" -eq 1 ] || [ -z "$line" ]; then
        continue
    fi
    show_progress "line $line_number of $lines: $created created, $existing existed, $failed failed"
    username=${line%%,*}
    role=${line#"$username"}
    role=${role#,}
    case $line in
    *[!A-Za-z0-9._,-]*) note_failure "$line" 'there can be letters, digits, and . _ - only: no quotes, no spaces' ;;
    *,*,*) note_failure "$line" 'there must be a username and a role, no more' ;;
    *) create_user "$username" "${role:-user}" ;;
    esac
done 3<"$users"
show_progress ''

cat "$WORK/notes"
printf '%s created, %s existed already, %s failed\n' "$created" "$existing" "$failed"
if [ "$kept" -gt 0 ]; then
    printf 'The passwords are in %s\n' "$passwords"
else
    rm -f "$passwords"
fi
[ -z "$stop" ] || fail "stopped at line $line_number of $lines: $stop"
[ "$failed" -eq 0 ] || exit 1
