-- Logs in one user after the other. Argument: the number of seeded users.

local users
local sent = 0

function init(arguments)
   users = active_users(tonumber(arguments[1]))
end

function request()
   sent = sent + 1
   return with_credentials("/api/v1/account/login", active_user(sent % users))
end
