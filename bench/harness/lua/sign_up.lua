-- Signs up under names that nobody has. Argument: a prefix that no other run has.

local prefix
local sent = 0

function init(arguments)
   prefix = arguments[1]
end

function request()
   sent = sent + 1
   return with_credentials("/api/v1/account/signup", prefix .. sent)
end
