# shellcheck shell=bash
# What is typed on the recording, a command a line, in an empty directory.
gatehouse 2> server.log &
grep -o 'listens on .*' server.log
API=http://127.0.0.1:8000/api/v1
curl -s --json '{"username":"alice","password":"correct horse"}' $API/account/signup | jq
curl -s --json '{"username":"alice","password":"correct horse"}' -c alice.jar $API/account/login | jq .username
curl -s -b alice.jar $API/account/me | jq -c '{username, role, session_expires_at}'
curl -s -b alice.jar $API/users/ | jq -c '{status, code, detail}'
printf 'battery staple' | gatehouse create-super-admin root.admin --password-stdin
curl -s --json '{"username":"root.admin","password":"battery staple"}' -c root.jar $API/account/login | jq .role
curl -s -b root.jar $API/users/ | jq -c '.users[] | {username, role, is_active}'
curl -s -b root.jar --json '{"username":"alice"}' -X PATCH $API/users/grant | jq -c '{username, role}'
gatehouse audit | cut -d ' ' -f 2-5
