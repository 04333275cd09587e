-- Logs in one user after the other, who are far apart in every index of names.
-- Arguments: the number of seeded users, the number of the run.

local users
local sent

function init(arguments)
   users = active_users(tonumber(arguments[1]))
   sent = tonumber(arguments[2]) * 10000
end

function request()
   sent = sent + 1
   return with_credentials("/api/v1/account/login", active_user(scattered(sent, users)))
end
