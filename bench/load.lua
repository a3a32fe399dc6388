-- Replays the requests of a file through wrk, as load.py does: see there for the file.
local requests, number = {}, 0

function init(arguments)
  local file = assert(io.open(arguments[1], "rb"))
  for one in file:read("*a"):gmatch("[^\30]+") do
    requests[#requests + 1] = one
  end
  file:close()
  number = tonumber(arguments[2])
end

function request()
  number = number + 1
  return (requests[number % #requests + 1]:gsub("##########", string.format("%010d", number)))
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"answers": %d, "seconds": %.6f, "faults": %d, "p50_ms": %.3f, "p99_ms": %.3f}\n',
    summary.requests, summary.duration / 1e6,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
