--- `:Intaglio`: its subcommands and their completion. Each asks the server; none changes a buffer by itself.

local client_module = require("intaglio.client")
local panes = require("intaglio.panes")
local status = require("intaglio.status")
local versions = require("intaglio.versions")

local M = {}

---@class intaglio.Call
---@field client table
---@field buffer integer
---@field uri string
---@field words string[] what stands behind the subcommand
---@field bang boolean

---@class intaglio.Subcommand
---@field summary string
---@field run fun(call: intaglio.Call)
---@field complete? fun(buffer: integer, place: integer): string[] what may stand at a place behind the subcommand

--- What a person did wrong, or what is not there; told as a message, not as a traceback.
---@param message string
local function refuse(message)
  error({ refused = message }, 0)
end

---@return integer line from 0
local function cursor_line()
  return vim.fn.line(".") - 1
end

---@param buffer integer
---@return string
local function names_of(buffer)
  local names = {}
  for _, spec in ipairs(status.specs(buffer)) do
    table.insert(names, spec.name)
  end
  return #names > 0 and table.concat(names, ", ") or "none"
end

--- The spec that a call means: the one at the cursor, or the one named. `%` is all of the file's, as nil.
---@param call intaglio.Call
---@return string?
local function name_of(call)
  local word = call.words[1]
  if not status.of(call.buffer) then
    refuse("the server has not told of this file yet; try again in a moment")
  elseif word == "%" then
    return nil
  elseif word and word ~= "." then
    if not status.named(call.buffer, word) then
      refuse(("this file has no spec named %s; there are: %s"):format(word, names_of(call.buffer)))
    end
    return word
  end
  local spec = status.at(call.buffer, cursor_line())
  if not spec then
    refuse(("no spec at the cursor; name one (%s), or %% for all"):format(names_of(call.buffer)))
  end
  return spec and spec.name
end

---@param call intaglio.Call
---@return string
local function one_name_of(call)
  local name = name_of(call)
  if not name then
    refuse("this works on one spec; name it, or leave the name out for the one at the cursor")
  end
  return name --[[@as string]]
end

---@param call intaglio.Call
---@param first integer
---@return string? nil when there is no text
local function text_of(call, first)
  local text = table.concat(vim.list_slice(call.words, first), " ")
  return text ~= "" and text or nil
end

---@param call intaglio.Call
---@param command string
---@param arguments table
---@param answered? fun(answer: any)
local function ask(call, command, arguments, answered)
  client_module.execute(call.client, command, arguments, answered, call.buffer)
end

---@param buffer integer
---@return string[]
local function spec_names(buffer)
  return vim.tbl_map(function(spec)
    return spec.name
  end, status.specs(buffer))
end

---@param with_all boolean
---@return fun(buffer: integer, place: integer): string[]
local function completes_names(with_all)
  return function(buffer, place)
    if place > 1 then
      return {}
    end
    return vim.list_extend(spec_names(buffer), with_all and { ".", "%" } or { "." })
  end
end

---@type table<string, intaglio.Subcommand>
M.subcommands = {}

M.subcommands.compile = {
  summary = "compile a spec; words behind the name are a remark for the model; ! replaces a body that no lock knows",
  complete = completes_names(true),
  run = function(call)
    ask(call, "intaglio.compile", {
      uri = call.uri,
      name = name_of(call),
      remark = text_of(call, 2),
      replace = call.bang or nil,
    })
  end,
}

M.subcommands.validate = {
  summary = "run the four stages on the body that is there",
  complete = completes_names(true),
  run = function(call)
    ask(call, "intaglio.validate", { uri = call.uri, name = name_of(call) })
  end,
}

M.subcommands.lock = {
  summary = "validate and lock; words behind the name are the reason",
  complete = completes_names(true),
  run = function(call)
    ask(call, "intaglio.lock", { uri = call.uri, name = name_of(call), reason = text_of(call, 2) })
  end,
}

M.subcommands.adopt = {
  summary = "validate and lock a body written by hand; words behind the name are the reason",
  complete = completes_names(true),
  run = function(call)
    ask(call, "intaglio.lock", { uri = call.uri, name = name_of(call), adopt = true, reason = text_of(call, 2) })
  end,
}

M.subcommands.accept = {
  summary = "put the candidate that was kept into the file",
  complete = completes_names(false),
  run = function(call)
    ask(call, "intaglio.accept", { uri = call.uri, name = one_name_of(call) })
  end,
}

M.subcommands.restore = {
  summary = "bring the locked body back",
  complete = completes_names(false),
  run = function(call)
    ask(call, "intaglio.restore", { uri = call.uri, name = one_name_of(call) })
  end,
}

M.subcommands.diff = {
  summary = "compare with the locked body, or with the candidate, side by side",
  complete = function(buffer, place)
    return place == 2 and { "locked", "candidate" } or completes_names(false)(buffer, place)
  end,
  run = function(call)
    local against = call.words[2]
    if against and against ~= "locked" and against ~= "candidate" then
      refuse(("the second word is locked or candidate, not %s"):format(against))
    end
    local arguments = { uri = call.uri, name = one_name_of(call), against = against }
    ask(call, "intaglio.diff", arguments, client_module.show_comparison)
  end,
}

M.subcommands.log = {
  summary = "the life of a body: attempts, locks, who accepted it",
  complete = completes_names(false),
  run = function(call)
    local name = one_name_of(call)
    ask(call, "intaglio.log", { uri = call.uri, name = name }, function(lines)
      client_module.show_log(name, lines)
    end)
  end,
}

M.subcommands.status = {
  summary = "every spec of the workspace with its state, in the quickfix list",
  run = function(call)
    versions.request(call.client, "intaglio/specs", vim.empty_dict(), function(failure, answer)
      if failure then
        vim.notify("intaglio: " .. failure.message, vim.log.levels.ERROR)
        return
      end
      local items = {}
      for _, spec in ipairs(answer.specs) do
        local reasons = table.concat(spec.reasons or {}, "; ")
        table.insert(items, {
          filename = vim.uri_to_fname(spec.uri),
          lnum = spec.range.start.line + 1,
          col = 1,
          text = ("%s: %s%s"):format(spec.name, spec.state, reasons ~= "" and " (" .. reasons .. ")" or ""),
        })
      end
      vim.fn.setqflist({}, " ", { title = "Intaglio: the workspace's specs", items = items })
      if #items == 0 then
        vim.notify("intaglio: the workspace has no specs")
      else
        vim.cmd("botright copen")
      end
    end, call.buffer)
  end,
}

M.subcommands.cancel = {
  summary = "end the work on the spec at the cursor, or with ! all work",
  complete = completes_names(true),
  run = function(call)
    local name = not call.bang and name_of(call) or nil
    local spec = name and status.named(call.buffer, name)
    if spec and (not spec.job or spec.job == vim.NIL or spec.job == "") then
      refuse(("nothing runs for %s"):format(name))
    end
    ask(call, "intaglio.cancel", spec and { job = spec.job } or vim.empty_dict())
  end,
}

M.subcommands.trust = {
  summary = "take the workspace as trusted in this session: bodies may be compiled and run",
  run = function(call)
    client_module.trust(call.client)
  end,
}

M.subcommands["insert-spec"] = {
  summary = "offer a spec above the function at the cursor",
  run = function(call)
    ask(call, "intaglio.insertSpec", { uri = call.uri, line = cursor_line() })
  end,
}

---@return string[]
local function subcommand_names()
  local names = vim.tbl_keys(M.subcommands)
  table.sort(names)
  return names
end

--- What `:Intaglio` shows by itself.
local function show_usage()
  local lines =
    { ":Intaglio SUBCOMMAND [NAME] ...   NAME: a spec; absent or `.`, the one at the cursor; `%`, all of the file", "" }
  for _, name in ipairs(subcommand_names()) do
    table.insert(lines, ("  %-12s %s"):format(name, M.subcommands[name].summary))
  end
  panes.read("commands", lines)
end

--- Run `:Intaglio`.
---@param given { fargs: string[], bang: boolean }
function M.run(given)
  local name = given.fargs[1]
  if not name then
    show_usage()
    return
  end
  local subcommand = M.subcommands[name]
  if not subcommand then
    local message = "intaglio: no subcommand %s; there are %s"
    vim.notify(message:format(name, table.concat(subcommand_names(), ", ")), vim.log.levels.ERROR)
    return
  end
  local buffer = vim.api.nvim_get_current_buf()
  local client = versions.clients(client_module.name, buffer)[1]
  if not client then
    vim.notify("intaglio: no server serves this buffer (:checkhealth intaglio)", vim.log.levels.ERROR)
    return
  end
  local fine, failure = pcall(subcommand.run, {
    client = client,
    buffer = buffer,
    uri = vim.uri_from_bufnr(buffer),
    words = vim.list_slice(given.fargs, 2),
    bang = given.bang,
  })
  if not fine then
    if type(failure) ~= "table" or not failure.refused then
      error(failure, 0)
    end
    vim.notify("intaglio: " .. failure.refused, vim.log.levels.ERROR)
  end
end

--- Complete `:Intaglio`.
---@param lead string what is typed of the word at hand
---@param line string the command line as far as it is typed
---@return string[]
function M.complete(lead, line)
  ---@type string[]
  local words = vim.split((line:gsub("^.-Intaglio!?%s+", "")), "%s+")
  local subcommand = M.subcommands[words[1]]
  local candidates = {}
  if words[2] == nil then
    candidates = subcommand_names()
  elseif subcommand and subcommand.complete then
    candidates = subcommand.complete(vim.api.nvim_get_current_buf(), #words - 1)
  end
  return vim.tbl_filter(function(candidate)
    return vim.startswith(candidate, lead)
  end, candidates)
end

return M
