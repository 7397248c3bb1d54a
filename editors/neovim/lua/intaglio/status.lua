--- The picture of each file as the server last told it, and a line about it. Asks nothing, draws nothing.

local M = {}

---@class intaglio.Position
---@field line integer
---@field character integer

---@class intaglio.Range
---@field start intaglio.Position
---@field end intaglio.Position

---@class intaglio.Stage
---@field stage string
---@field outcome string
---@field millis number
---@field errors integer
---@field warnings integer

---@class intaglio.Spec
---@field name string
---@field range intaglio.Range
---@field nameRange intaglio.Range
---@field state string
---@field reasons string[]
---@field phase string
---@field attempt integer
---@field attempts integer
---@field model string
---@field tokens integer
---@field estimated boolean
---@field cost? number
---@field job? string
---@field stages intaglio.Stage[]
---@field fingerprint string
---@field outdated boolean

---@class intaglio.Picture
---@field version integer
---@field uri string
---@field documentVersion? integer
---@field specs intaglio.Spec[]

--- The version of the messages that this plugin reads.
M.version = 1

--- States in the order in which a line names them: first what wants attention.
local order = { "invalid", "orphaned", "drifted", "stale", "stub", "unlocked", "ready", "accepted", "locked" }

---@type table<string, { client: integer, picture: intaglio.Picture }> by the file's path
local pictures = {}

---@class intaglio.Progress
---@field title? string
---@field message? string
---@field percentage? integer
---@field kind? string

---@type table<integer, table<string|integer, intaglio.Progress>> what runs, by client and token
local running = {}

---@param spec intaglio.Spec
---@return string? nil when nothing runs for it
local function work_on(spec)
  local attempt = (spec.attempts or 0) > 1 and ("attempt %d/%d, "):format(spec.attempt, spec.attempts) or ""
  if spec.phase == "queued" then
    return spec.name .. ": queued"
  elseif spec.phase == "generating" then
    local tokens = (spec.tokens or 0) > 0 and (", %s%d tokens"):format(spec.estimated and "~" or "", spec.tokens) or ""
    return ("%s: %swriting%s"):format(spec.name, attempt, tokens)
  elseif spec.phase == "validating" then
    for _, stage in ipairs(spec.stages) do
      if stage.outcome == "running" then
        return ("%s: %s%s"):format(spec.name, attempt, stage.stage)
      end
    end
    return ("%s: %svalidating"):format(spec.name, attempt)
  end
end

---@param spec intaglio.Spec
---@return string
local function refusal(spec)
  local failed = "nothing passed"
  for _, stage in ipairs(spec.stages) do
    if stage.outcome == "failed" then
      failed = "failed at " .. stage.stage
    end
  end
  local attempt = spec.attempt or 0
  if attempt == 0 then
    return ("%s: %s"):format(spec.name, failed)
  end
  local attempts = attempt == 1 and "one attempt" or ("%d attempts"):format(attempt)
  return ("%s: no body passed in %s (%s); the file is as it was"):format(spec.name, attempts, failed)
end

--- Take a server's word. False when it speaks another version than this plugin.
---@param client integer
---@param picture intaglio.Picture
---@return boolean understood
function M.receive(client, picture)
  if picture.version ~= M.version then
    return false
  end
  pictures[vim.uri_to_fname(picture.uri)] = { client = client, picture = picture }
  return true
end

--- Runs that are under way in what is known and came to nothing in what is told now: a line for each.
---@param picture intaglio.Picture
---@return string[]
function M.refusals(picture)
  local known = pictures[vim.uri_to_fname(picture.uri)]
  local under_way = {}
  for _, spec in ipairs(known and known.picture.specs or {}) do
    under_way[spec.name] = work_on(spec) ~= nil
  end
  local lines = {}
  for _, spec in ipairs(picture.specs) do
    if under_way[spec.name] and spec.phase == "refused" then
      table.insert(lines, refusal(spec))
    end
  end
  return lines
end

--- Fold one `$/progress` into what is running.
---@param client integer
---@param token string|integer
---@param value intaglio.Progress
function M.receive_progress(client, token, value)
  local tokens = running[client] or {}
  running[client] = tokens
  if value.kind == "end" then
    tokens[token] = nil
  elseif value.kind == "begin" or value.kind == "report" then
    tokens[token] = vim.tbl_extend("force", tokens[token] or {}, value)
  end
end

--- Forget what a server said: it is gone.
---@param client integer
function M.forget(client)
  running[client] = nil
  for path, told in pairs(pictures) do
    if told.client == client then
      pictures[path] = nil
    end
  end
end

--- What is known of a buffer; nil while the server has not told.
---@param buffer integer
---@return intaglio.Picture?
function M.of(buffer)
  local told = pictures[vim.api.nvim_buf_get_name(buffer)] or pictures[vim.uri_to_fname(vim.uri_from_bufnr(buffer))]
  return told and told.picture
end

--- The specs of a buffer, in order.
---@param buffer integer
---@return intaglio.Spec[]
function M.specs(buffer)
  local picture = M.of(buffer)
  return picture and picture.specs or {}
end

---@param buffer integer
---@param name string
---@return intaglio.Spec?
function M.named(buffer, name)
  for _, spec in ipairs(M.specs(buffer)) do
    if spec.name == name then
      return spec
    end
  end
end

--- The spec whose comment or function holds a line (0 is the first).
---@param buffer integer
---@param line integer
---@return intaglio.Spec?
function M.at(buffer, line)
  for _, spec in ipairs(M.specs(buffer)) do
    local range = spec.range
    if range and range.start and range.start.line <= line and line <= range["end"].line then
      return spec
    end
  end
end

---@param specs intaglio.Spec[]
---@return string
local function counts(specs)
  local count, proposed = {}, 0
  for _, spec in ipairs(specs) do
    count[spec.state] = (count[spec.state] or 0) + 1
    proposed = proposed + (spec.phase == "proposed" and 1 or 0)
  end
  local parts = {}
  for _, state in ipairs(order) do
    if count[state] then
      table.insert(parts, ("%d %s"):format(count[state], state))
      count[state] = nil
    end
  end
  for state, number in pairs(count) do
    table.insert(parts, ("%d %s"):format(number, state))
  end
  if proposed > 0 then
    table.insert(parts, ("%d to accept"):format(proposed))
  end
  return table.concat(parts, ", ")
end

---@param client? integer
---@return string? nil when nothing runs
local function progress(client)
  local _, first = next(running[client] or {})
  if not first then
    return nil
  end
  local parts = { first.title or "working" }
  if first.message and first.message ~= "" then
    table.insert(parts, first.message)
  end
  if first.percentage then
    table.insert(parts, ("%d %%"):format(first.percentage))
  end
  return table.concat(parts, ", ")
end

--- A line about a buffer: what runs now, else how many specs are in which state; empty without specs.
---@param buffer integer
---@param client? integer the server of the buffer
---@return string
function M.line(buffer, client)
  local specs = M.specs(buffer)
  for _, spec in ipairs(specs) do
    local work = work_on(spec)
    if work then
      return work
    end
  end
  return progress(client) or counts(specs)
end

return M
