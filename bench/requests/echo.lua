-- POST 10 KiB to be sent back.
dofile("report.lua")
wrk.method = "POST"
wrk.body = string.rep("0123456789abcdef", 640)
wrk.headers["Content-Type"] = "application/octet-stream"
