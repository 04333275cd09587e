#!/usr/bin/env bash
# Shuts a leaver out: inactivates the account, which ends all of its sessions.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/client.sh"

usage() {
    cat <<'HELP'
Usage: inactivate-user.sh [OPTION]... USERNAME

Inactivates the account USERNAME, which ends all of its sessions. On a terminal it asks before. Inactivating an account
again changes nothing.

Options:
  --yes                     do not ask
  --help                    show this

Example:
  GATEHOUSE_USER=anna.admin inactivate-user.sh brian
HELP
    help_on_environment
}

yes=
while [ $# -gt 0 ]; do
    case $1 in
    --help)
        usage
        exit
        ;;
    --yes)
        yes=yes
        shift
        ;;
    -*) misuse "unknown option $1" ;;
    *) break ;;
    esac
done
[ $# -eq 1 ] || misuse 'there must be one USERNAME, after the options'

begin_session
user=$(find_user "$1")
[ -n "$user" ] || fail "nobody is named $1"
# By which the account that is meant can be told from one with a similar name.
jq --raw-output '"\(.username) (\(.id)), \(.role), created \(.created_at)"' <<<"$user"
if [ -z "$yes" ] && [ -t 0 ]; then
    read -r -p 'This account will be inactive, and its sessions end. Go on? [y/N] ' answer || true
    case $answer in y | Y | yes) ;; *) fail 'nothing was done' ;; esac
fi

request PATCH /users/inactivate "$(jq --compact-output --null-input --arg username "$1" '{$username}')"
username=$(jq --raw-output .username "$ANSWER")
if [ "$(jq .updated_at "$ANSWER")" = "$(jq .updated_at <<<"$user")" ]; then
    printf '%s was inactive already and has no session\n' "$username"
else
    printf '%s is inactive now, and all its sessions have ended\n' "$username"
fi
