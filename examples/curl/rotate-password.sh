#!/usr/bin/env bash
# Gives an account another password.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/client.sh"

usage() {
    cat <<'HELP'
Usage: rotate-password.sh [OPTION]... [USERNAME]

Gives the account USERNAME, or one's own, another password, which ends all of its sessions.

Options:
  --generate FILE           generate the password and write it into FILE, which must not exist
  --new-password-file FILE  take the first line of FILE as the password, - for standard input
  --help                    show this

Without either, the new password is asked for. If both passwords come from standard input, the one to log in with is on
the first line, the new one on the second.

Example:
  GATEHOUSE_USER=anna.admin GATEHOUSE_PASSWORD_FILE=anna.password rotate-password.sh --generate anna.new-password &&
    mv anna.new-password anna.password
HELP
    help_on_environment
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
[ $# -le 1 ] || misuse 'there can be one USERNAME only, after the options'

begin_session
username=${1:-$GATEHOUSE_USER}
read_new_password "$username"
# One's own password is changed only by who knows the current one.
BODY=$(printf '%s\n%s\n' "$NEW_PASSWORD" "$PASSWORD" |
    jq --compact-output --raw-input --null-input --arg username "$username" --arg self "$GATEHOUSE_USER" '
        input as $new | input as $current | {$username, password: $new}
        | if ($username | ascii_downcase) == ($self | ascii_downcase) then .current_password = $current else . end')
request_with_new_password PATCH /users/change_password "$BODY"
printf '%s has another password, and all earlier sessions of the account have ended\n' "$username"
