--- What a user may set, with its defaults. Starts nothing.

local M = {}

---@class intaglio.Options
---@field cmd? string[] The server's command line. Absent: `intaglio lsp` of $VIRTUAL_ENV, else of PATH.
---@field trusted? boolean|string[] Whether bodies may be compiled and run: everywhere, nowhere, or below these folders.
---@field lenses? boolean State and actions above each function.
---@field inlay_hints? boolean Results beside examples (Neovim 0.10 and later).
---@field preview? boolean The body as virtual lines while a model writes it.
---@field settings? table<string, any> Settings of Intaglio, by the names that they have in pyproject.toml.

---@class intaglio.ChosenOptions: intaglio.Options
---@field lenses boolean
---@field inlay_hints boolean
---@field preview boolean
---@field settings table<string, any>

---@type intaglio.ChosenOptions
local defaults = { lenses = true, inlay_hints = true, preview = true, settings = {} }

---@type table<string, string[]> the types that an option's value may have
local types = {
  cmd = { "table" },
  trusted = { "boolean", "table" },
  lenses = { "boolean" },
  inlay_hints = { "boolean" },
  preview = { "boolean" },
  settings = { "table" },
}

---@type intaglio.Options
local given = {}

--- What is wrong with a table of options, as sentences; empty when nothing is.
---@param options any
---@return string[]
function M.problems(options)
  if type(options) ~= "table" then
    return { "options must be a table, not a " .. type(options) }
  end
  local found = {}
  for name, value in pairs(options) do
    local expected = types[name]
    if not expected then
      local known = vim.tbl_keys(types)
      table.sort(known)
      table.insert(found, ("no option is named %s; there are %s"):format(name, table.concat(known, ", ")))
    elseif not vim.tbl_contains(expected, type(value)) then
      local message = "%s must be a %s, not a %s"
      table.insert(found, message:format(name, table.concat(expected, " or a "), type(value)))
    end
  end
  table.sort(found)
  return found
end

--- Take a user's options, in place of what was set before.
---@param options intaglio.Options
function M.set(options)
  local problems = M.problems(options)
  if #problems > 0 then
    error("intaglio: " .. table.concat(problems, "; ") .. " (:help intaglio-options)", 0)
  end
  given = options
end

--- The options in force: what setup() was given, else `vim.g.intaglio`, over the defaults.
---@return intaglio.ChosenOptions
function M.get()
  local from_variable = vim.g.intaglio or {}
  if #M.problems(from_variable) > 0 then
    from_variable = {}
  end
  return vim.tbl_extend("force", defaults, from_variable, given) --[[@as intaglio.ChosenOptions]]
end

return M
