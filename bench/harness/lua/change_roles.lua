-- Grants to one user after the other, and revokes from each a while later, so that almost every request changes something.
-- First argument: the number of seeded users.

local LAG = 64
local users
local sent = 0

function init(arguments)
   users = active_users(tonumber(arguments[1]))
end

function request()
   local place = math.floor(sent / 2)
   local action = "grant"
   if sent % 2 == 1 then
      action = "revoke"
      place = place - LAG
   end
   sent = sent + 1
   local body = string.format('{"username":"%s"}', active_user(place % users))
   return wrk.format("PATCH", "/api/v1/users/" .. action, nil, body)
end
