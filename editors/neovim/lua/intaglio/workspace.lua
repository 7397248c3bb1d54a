--- Where a file's workspace is, whether the user trusts it, and which server serves it. Starts nothing, runs nothing.

local M = {}

---@class intaglio.Files what is used of libuv, whose own annotations do not come with Neovim
---@field fs_stat fun(path: string): table?
---@field fs_realpath fun(path: string): string?

---@diagnostic disable-next-line: deprecated
local uv = (vim.uv or vim.loop) --[[@as intaglio.Files]]

---@param path string
---@return boolean
local function exists(path)
  return uv.fs_stat(path) ~= nil
end

---@param folder string
---@return boolean
local function has_settings(folder)
  if exists(folder .. "/intaglio.toml") then
    return true
  end
  local file = io.open(folder .. "/pyproject.toml")
  if not file then
    return false
  end
  local text = file:read("*a")
  file:close()
  return ("\n" .. text):find("\n%s*%[tool%.intaglio") ~= nil
end

---@param folder string
---@return string? parent nil at the top
local function parent_of(folder)
  local parent = vim.fn.fnamemodify(folder, ":h")
  return parent ~= folder and parent or nil
end

--- The workspace that a file lies in, as the server has it: the nearest folder with .intaglio, settings, or .git;
--- else its own folder.
---@param path string
---@return string
function M.root(path)
  local own = vim.fn.fnamemodify(path, ":p:h")
  ---@type string?
  local folder = own
  while folder do
    if vim.fn.isdirectory(folder .. "/.intaglio") == 1 or has_settings(folder) or exists(folder .. "/.git") then
      return folder
    end
    folder = parent_of(folder)
  end
  return own
end

---@param path string
---@return string
local function canonical(path)
  local full = vim.fn.fnamemodify(path, ":p")
  return ((uv.fs_realpath(full) or full):gsub("/+$", ""))
end

--- Whether the options trust a workspace; nil when they do not say, so that the server's own setting decides.
---@param root string
---@param options intaglio.Options
---@return boolean?
function M.trusted(root, options)
  local trusted = options.trusted
  if type(trusted) ~= "table" then
    return trusted
  end
  local place = canonical(root) .. "/"
  for _, folder in ipairs(trusted) do
    if vim.startswith(place, canonical(folder) .. "/") then
      return true
    end
  end
  return false
end

--- The server's command line, or nil and what to do about it. A folder that was just opened never chooses the program.
---@param options intaglio.Options
---@return string[]? command
---@return string? problem
function M.server(options)
  local command = options.cmd
  if command then
    if vim.fn.executable(command[1] or "") == 1 then
      return command
    end
    return nil, ("the option cmd names %s, which cannot be run"):format(command[1] or "nothing")
  end
  local active = vim.env.VIRTUAL_ENV and vim.env.VIRTUAL_ENV .. "/bin/intaglio"
  if active and vim.fn.executable(active) == 1 then
    return { active, "lsp" }
  end
  if vim.fn.executable("intaglio") == 1 then
    return { "intaglio", "lsp" }
  end
  return nil, "no intaglio on PATH; run `pip install 'intaglio[all]'`, or set the option cmd"
end

return M
