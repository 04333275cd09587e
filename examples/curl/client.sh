# shellcheck shell=bash
# What the scripts of this folder share and source: a session of the API that ends with the script, and clear errors.
#
# No password and no one-time link is ever an argument or in the environment of another program, where others could see
# it: passwords go through pipes. Nor is one in a here-document, which older shells keep in a file.

# Variables that hold passwords. A variable that came from the environment would go back to it.
unset SECRET PASSWORD NEW_PASSWORD BODY body first
# Whatever is written here holds sessions, passwords or people's names.
umask 077

GATEHOUSE_URL=${GATEHOUSE_URL:-http://127.0.0.1:8000}
GATEHOUSE_URL=${GATEHOUSE_URL%/}

# How often a request is sent while the answer is to come back later, and how many seconds are worth waiting in between.
readonly MOST_TRIES=5 LONGEST_PAUSE=60

# Whether there is a session to be ended.
LOGGED_IN=

# What is known of the CSV file that a script goes through: the number of the line, how many failed, and why to stop.
LINE=0 FAILED=0 STOP=

# Where a new password is to be read from or, generated, written to, if the options say so.
NEW_PASSWORD_FILE='' GENERATED_FILE=''

fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

misuse() {
    printf "error: %s; see '%s --help'\n" "$*" "${0##*/}" >&2
    exit 2
}

# The end of every --help.
help_on_environment() {
    cat <<'HELP'

Environment:
  GATEHOUSE_URL            where Gatehouse is, http://127.0.0.1:8000 by default; https, unless it is on this machine
  GATEHOUSE_USER           the account to log in with
  GATEHOUSE_PASSWORD_FILE  the file whose first line is its password, - for standard input; asked for by default

Exit status: 0 if all is done; 1 if something failed or was refused; 2 on wrong use, when nothing was done.
HELP
}

# Checks what is needed, makes a directory that goes with the script, and gets hold of the password to log in with.
prepare() {
    local program
    for program in curl jq; do
        command -v "$program" >/dev/null || fail "$program is not installed"
    done
    check_url
    [ -n "${GATEHOUSE_USER:-}" ] || misuse 'GATEHOUSE_USER does not say which account to log in with'

    WORK=$(mktemp -d "${TMPDIR:-/tmp}/gatehouse.XXXXXX")
    ANSWER=$WORK/answer
    trap end_session EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM

    read_secret "Password of $GATEHOUSE_USER" "${GATEHOUSE_PASSWORD_FILE:-}"
    PASSWORD=$SECRET
}

# Passwords travel encrypted, or not at all.
check_url() {
    local loopback='^http://(localhost|127\.0\.0\.1|\[::1])(:[0-9]+)?(/[^?#@[:space:]]*)?$'
    local encrypted='^https://[^/?#@[:space:]]+(/[^?#@[:space:]]*)?$'
    # What ~/.curlrc says is for other purposes.
    CURL=(curl --disable --silent --show-error --globoff --connect-timeout 5 --max-time 30)
    if [[ $GATEHOUSE_URL =~ $loopback ]]; then
        CURL+=(--noproxy '*')
    elif ! [[ $GATEHOUSE_URL =~ $encrypted ]]; then
        misuse "GATEHOUSE_URL is neither https://… nor on this machine, such as http://127.0.0.1:8000: $GATEHOUSE_URL"
    fi
}

# Leaves a password in SECRET: the first line of a file (- is standard input), or what is typed if no file is named.
read_secret() {
    local prompt=$1 file=$2
    SECRET=
    if [ -z "$file" ]; then
        [ -t 0 ] || fail "$prompt: there is no terminal to ask on; it can be read from a file, see '${0##*/} --help'"
        IFS= read -r -s -p "$prompt: " SECRET || true
        printf '\n' >&2
    elif [ "$file" = - ]; then
        IFS= read -r SECRET || true
    elif [ -r "$file" ]; then
        IFS= read -r SECRET <"$file" || true
    else
        fail "$prompt: cannot read $file"
    fi
    SECRET=${SECRET%$'\r'}
    [ -n "$SECRET" ] || fail "$prompt: there is none"
    printf '%s\n' "$SECRET" | jq --raw-input --exit-status 'contains("\ufffd") | not' >/dev/null ||
        fail "$prompt: it is not UTF-8"
}

# Takes one of the options --generate FILE and --new-password-file FILE from the arguments of the script.
take_new_password_option() {
    [ $# -ge 2 ] || misuse "$1 needs a file"
    [ -z "$NEW_PASSWORD_FILE$GENERATED_FILE" ] || misuse 'there can be one new password only'
    case $1 in
    --generate) GENERATED_FILE=$2 ;;
    --new-password-file) NEW_PASSWORD_FILE=$2 ;;
    esac
}

# Leaves a new password for this user in NEW_PASSWORD: generated or read as the options say, or typed twice.
read_new_password() {
    if [ -n "$GENERATED_FILE" ]; then
        generate_password
        create_file "$GENERATED_FILE"
        printf '%s\n' "$NEW_PASSWORD" >"$GENERATED_FILE"
    else
        read_secret "New password of $1" "$NEW_PASSWORD_FILE"
        NEW_PASSWORD=$SECRET
        [ -n "$NEW_PASSWORD_FILE" ] || confirm_secret
    fi
}

# Has the password that was typed last typed again.
confirm_secret() {
    local first=$SECRET
    read_secret 'Once more' ''
    [ "$SECRET" = "$first" ] || fail 'the two are not the same'
}

# Leaves 24 random characters in NEW_PASSWORD: about 140 bits, without those that look alike.
generate_password() {
    NEW_PASSWORD=$(head -c 1024 /dev/urandom | LC_ALL=C tr -d -c 'a-km-zA-HJ-NP-Z2-9')
    NEW_PASSWORD=${NEW_PASSWORD:0:24}
    [ ${#NEW_PASSWORD} -eq 24 ] || fail 'there is no randomness to make a password of'
}

# Makes an empty file that only its owner can read.
create_file() {
    [ ! -e "$1" ] || fail "$1 exists already: it may hold passwords or links that are still needed"
    (set -o noclobber && : >"$1") || fail "cannot create $1"
}

# Sends a request, and leaves the status of the answer in STATUS (000 if none came) and its body in the file ANSWER.
# Waits and tries again, a few times, if the server asks for it. IN_DOUBT is not empty if an attempt failed in a way
# that leaves open whether it had an effect.
call() {
    local tries=1
    IN_DOUBT=
    while :; do
        send "$@"
        case $STATUS in 000 | 5??) IN_DOUBT=yes ;; esac
        case $STATUS in 429 | 503) ;; *) return 0 ;; esac
        [ "$tries" -lt "$MOST_TRIES" ] || return 0
        show_progress ''
        printf 'The server asks to come back in %s s: %s\n' "$PAUSE" "$(problem)" >&2
        if [ "${#PAUSE}" -gt 4 ] || [ "$PAUSE" -gt "$LONGEST_PAUSE" ]; then
            return 0
        fi
        sleep "$PAUSE" || return 0
        tries=$((tries + 1))
    done
}

# Sends a request once.
send() {
    local method=$1 path=$2 body=${3:-}
    local options=(--request "$method" --cookie "$WORK/jar" --cookie-jar "$WORK/jar" --output "$ANSWER"
        --dump-header "$WORK/headers" --write-out '%{http_code}')
    if [ -n "$body" ]; then
        options+=(--header 'Content-Type: application/json' --data-binary @-)
    fi
    rm -f "$ANSWER" "$WORK/headers"
    STATUS=$(printf '%s' "$body" | "${CURL[@]}" "${options[@]}" "$GATEHOUSE_URL/api/v1$path" 2>"$WORK/complaint") ||
        STATUS=000
    PAUSE=
    if [ "$STATUS" != 000 ]; then
        PAUSE=$(sed -n 's/^[Rr]etry-[Aa]fter: *\([0-9]*\).*/\1/p' "$WORK/headers" | tail -n 1)
    fi
    PAUSE=${PAUSE:-1}
}

# Sends a request that must succeed.
request() {
    call "$@"
    [[ $STATUS == 2?? ]] || fail "$(problem)"
}

# Sends a request with a new password, which must succeed. The file of a generated one goes only if it is certain that
# nothing was done.
request_with_new_password() {
    call "$@"
    if [[ $STATUS == 2?? ]]; then
        return
    fi
    if [ -n "$IN_DOUBT" ]; then
        fail "$(problem)
The new password may be in force all the same${GENERATED_FILE:+; it is in $GENERATED_FILE}."
    fi
    [ -z "$GENERATED_FILE" ] || rm -f "$GENERATED_FILE"
    fail "$(problem)"
}

# Says why the last request did not succeed.
problem() {
    local complaint
    if [ "$STATUS" = 000 ]; then
        complaint=$(sed -n '1s/^curl: ([0-9]*) //p' "$WORK/complaint")
        printf '%s does not answer: %s' "$GATEHOUSE_URL" "${complaint:-interrupted}"
        return
    fi
    jq --raw-output --exit-status '
        select(.code)
        | .detail + ([.errors[]? | " \(.field): \(.message)."] | add) + " [\(.code), request \(.request_id)]"
    ' "$ANSWER" 2>/dev/null ||
        printf 'status %s, but not from Gatehouse: is it at %s, and is its proxy well?' "$STATUS" "$GATEHOUSE_URL"
}

# Asks for a session; if there is one, STATUS is 200 and the file ANSWER holds the view of the account.
log_in() {
    BODY=$(printf '%s\n' "$PASSWORD" |
        jq --compact-output --raw-input --null-input --arg username "$GATEHOUSE_USER" '{$username, password: input}')
    call POST /account/login "$BODY"
    if [ "$STATUS" = 200 ]; then
        jq --exit-status .role "$ANSWER" >/dev/null 2>&1 || fail "$(problem)"
        LOGGED_IN=yes
    fi
}

# Prepares, and logs in.
begin_session() {
    prepare
    log_in
    [ "$STATUS" = 200 ] || fail "$(problem)"
}

# Logs out, and leaves nothing behind, however the script ends.
end_session() {
    trap '' HUP INT TERM
    # Older shells do not bring it back when they are interrupted while a password is typed.
    [ ! -t 0 ] || stty echo
    if [ -n "$LOGGED_IN" ]; then
        call DELETE /account/logout
        # 401: the session has ended before.
        case $STATUS in
        204 | 401) ;;
        *) printf 'warning: not logged out, the session ends with its time: %s\n' "$(problem)" >&2 ;;
        esac
    fi
    rm -rf "$WORK"
}

# Leaves in FOUND the view of the user of this name, or nothing. If the request fails, STATUS says so. An exact match is the
# first of all that start like it.
look_up_user() {
    FOUND=
    call GET "/users/?limit=1&username=$(jq --null-input --raw-output --arg name "$1" '$name | @uri')"
    if [ "$STATUS" = 200 ]; then
        FOUND=$(jq --compact-output --arg name "$1" \
            '.users[] | select((.username | ascii_downcase) == ($name | ascii_downcase))' "$ANSWER")
    fi
}

# Fails if the session that has just begun is that of a plain user, who may not do this.
require_admin() {
    jq --exit-status '.role != "user"' "$ANSWER" >/dev/null ||
        fail "$GATEHOUSE_USER is a plain user: only admins $1"
}

# Prints the view of the user of this name, or nothing.
find_user() {
    look_up_user "$1"
    [ "$STATUS" = 200 ] || fail "$(problem)"
    printf '%s\n' "$FOUND"
}

# Leaves in BODY the user of this name and role to be created with NEW_PASSWORD.
describe_new_user() {
    BODY=$(printf '%s\n' "$NEW_PASSWORD" |
        jq --compact-output --raw-input --null-input --arg username "$1" --arg role "$2" \
            '{$username, password: input, $role}')
}

# Shows how far something has come, if there is a terminal, in place of what was shown before.
show_progress() {
    if [ -t 2 ]; then
        printf '\r\033[K%s' "$1" >&2
    fi
}

# Checks that this is a CSV file with this header.
check_csv() {
    local file=$1 expected=$2 header
    if ! [ -f "$file" ] || ! [ -r "$file" ]; then
        fail "$file is not a file that can be read"
    fi
    IFS= read -r header <"$file" || true
    # Spreadsheets begin the file with a byte order mark and end lines with a carriage return.
    header=${header#$'\xef\xbb\xbf'}
    [ "${header%$'\r'}" = "$expected" ] || fail "the first line of $file must be $expected"
    CSV=$file CSV_COLUMNS=$expected CSV_LINES=$(($(grep -c '' "$file")))
}

# Shows how far a script has come with the CSV file.
show_progress_of_lines() {
    show_progress "line $LINE of $CSV_LINES: $1"
}

# Fails if the CSV file was not gone through to its end.
fail_if_stopped() {
    [ -z "$STOP" ] || fail "stopped at line $LINE of $CSV_LINES: $STOP"
}

# Calls a function with the fields of each line of the CSV file, at most two. Notes the lines that cannot be right. Ends
# early if STOP says why.
for_each_line() {
    local line first second
    LINE=0
    while [ -z "$STOP" ] && { IFS= read -r line <&3 || [ -n "$line" ]; }; do
        LINE=$((LINE + 1))
        line=${line%$'\r'}
        if [ "$LINE" -eq 1 ] || [ -z "$line" ]; then
            continue
        fi
        first=${line%%,*}
        second=${line#"$first"}
        second=${second#,}
        case $CSV_COLUMNS:$line in
        *:*[!A-Za-z0-9._,-]*)
            note_failure "$line" 'there can be letters, digits, and . _ - only: no quotes, no spaces'
            ;;
        username:*,*) note_failure "$line" 'there must be a username, no more' ;;
        *:*,*,*) note_failure "$line" 'there must be a username and a role, no more' ;;
        *) "$1" "$first" "$second" ;;
        esac
    done 3<"$CSV"
}

# Ends for_each_line if there is no use in going on without a session or a server.
stop_if_hopeless() {
    case $STATUS in 000 | 401 | 429 | 503) STOP=${STOP:-$(problem)} ;; esac
}

# Notes for the summary what came of the line, without what a terminal might obey.
note() {
    printf 'line %s: %s: %s\n' "$LINE" "${1//[![:print:]]/?}" "$2" >>"$WORK/notes"
}

note_failure() {
    FAILED=$((FAILED + 1))
    note "$@"
}

# Prints what was noted, once.
print_notes() {
    show_progress ''
    if [ -e "$WORK/notes" ]; then
        cat "$WORK/notes"
        rm "$WORK/notes"
    fi
}
