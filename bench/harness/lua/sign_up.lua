-- Signs up under names that nobody has, each between those of other seeded users.
-- Arguments: the number of seeded users, the number of the run.

local users
local run
local sent = 0

function init(arguments)
   users = tonumber(arguments[1])
   run = tonumber(arguments[2])
end

function request()
   sent = sent + 1
   local place = scattered(run * 10000 + sent, users)
   return with_credentials("/api/v1/account/signup", string.format("user%07d-%x-%x", place, run, sent))
end
