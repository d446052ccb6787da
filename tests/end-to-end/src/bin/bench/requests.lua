-- wrk asks for the paths of a file, one after the other, each thread from a place of its own.
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(arguments)
  if arguments[2] then wrk.headers["Accept-Encoding"] = arguments[2] end
  paths = {}
  for path in io.lines(arguments[1]) do paths[#paths + 1] = wrk.format("GET", path) end
  at = number * 97
end

function request()
  at = at + 1
  return paths[at % #paths + 1]
end

function done(summary, latency)
  local failed = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout
  local seconds = summary.duration / 1e6
  io.write(string.format("RESULT %f %f %d\n", summary.requests / seconds, latency:percentile(99) / 1e3, failed))
end
