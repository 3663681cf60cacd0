-- GET / on every connection, as fast as answers come.
dofile("report.lua")
