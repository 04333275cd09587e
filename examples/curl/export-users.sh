#!/usr/bin/env bash
# Writes all users into a CSV file, page by page.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/client.sh"

usage() {
    cat <<'HELP'
Usage: export-users.sh [OPTION]... [FILE]

Writes all users, those who were created first first, as CSV into FILE, or to standard output. FILE is replaced when
everything is there, and only its owner can read it; if anything fails, it stays as it was.

Options:
  --role ROLE               only users of this role: user, admin or super_admin
  --active true|false       only active, or only inactive users
  --help                    show this

Example:
  GATEHOUSE_USER=anna.admin export-users.sh --active true users.csv
HELP
    help_on_environment
}

role=
active=
while [ $# -gt 0 ]; do
    case $1 in
    --help)
        usage
        exit
        ;;
    --role)
        case ${2:-} in
        user | admin | super_admin) role=$2 ;;
        *) misuse '--role must be user, admin or super_admin' ;;
        esac
        shift 2
        ;;
    --active)
        case ${2:-} in
        true | false) active=$2 ;;
        *) misuse '--active must be true or false' ;;
        esac
        shift 2
        ;;
    -*) misuse "unknown option $1" ;;
    *) break ;;
    esac
done
[ $# -le 1 ] || misuse 'there can be one FILE only, after the options'
file=${1:-}
[ ! -d "$file" ] || misuse "$file is a directory"

begin_session
if [ -n "$file" ]; then
    # Beside the file, so that it can take its place at once.
    partial=$(mktemp "$file.XXXXXX") || fail "cannot write beside $file"
    trap 'rm -f "$partial"; end_session' EXIT
else
    partial=$WORK/users.csv
fi

printf 'id,username,role,is_active,created_at,updated_at,last_seen_at\n' >"$partial"
count=0
# New users come last, and each page begins behind the last user of the one before: nobody is there twice, and nobody who
# stays what was asked for is missing.
query="sorting_field=created_at&sorting_order=ASC&limit=100${role:+&role=$role}${active:+&is_active=$active}"
after=
while :; do
    request GET "/users/?$query$after"
    # No field can be taken for a formula by a spreadsheet: each starts with a letter or digit.
    jq --raw-output '.users[] | [.id, .username, .role, .is_active, .created_at, .updated_at, .last_seen_at] | @csv' "$ANSWER" >>"$partial"
    count=$((count + $(jq '.users | length' "$ANSWER")))
    show_progress "$count users"
    after=$(jq --raw-output '.next_cursor // empty | "&after=" + .' "$ANSWER")
    [ -n "$after" ] || break
done
show_progress ''

if [ -n "$file" ]; then
    mv -f "$partial" "$file"
    printf '%s users were written into %s\n' "$(($(grep -c '' "$file") - 1))" "$file"
else
    cat "$partial"
fi
