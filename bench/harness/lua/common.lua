-- What all scripts share. The harness puts it before each of them.

local PASSWORD = "Correct-horse-battery-9"

wrk.headers["content-type"] = "application/json"

-- A place from 0 to `places` - 1, far from that of the previous number.
function scattered(number, places)
   return number * 2654435761 % places
end

-- The name of the active user at a place from 0, and how many there are: every twentieth of the seeded is inactive.
function active_user(place)
   return string.format("user%07d", math.floor(place / 19) * 20 + place % 19 + 1)
end

function active_users(users)
   return math.floor(users / 20) * 19 + users % 20
end

function with_credentials(path, username)
   local body = string.format('{"username":"%s","password":"%s"}', username, PASSWORD)
   -- Without the cookie: who is logged in can neither log in nor sign up.
   return wrk.format("POST", path, { ["content-type"] = "application/json" }, body)
end

-- Prints the outcome as a line of JSON, which the harness reads.
function done(summary, latency)
   local errors = summary.errors
   print(string.format(
      '{"requests":%d,"duration_us":%d,"p50_us":%d,"p99_us":%d,"refused":%d,"broken":%d}',
      summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), errors.status,
      errors.connect + errors.read + errors.write + errors.timeout
   ))
end
