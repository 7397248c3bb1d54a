--- `:checkhealth intaglio`: what is here, what is missing, and what to do about it.

local client_module = require("intaglio.client")
local options = require("intaglio.options")
local versions = require("intaglio.versions")
local workspace = require("intaglio.workspace")

local M = {}

--- The reporting functions: `vim.health` since 0.8, with other names before 0.10.
local function reporter()
  local health = vim.health or require("health")
  return {
    start = health.start or health.report_start,
    ok = health.ok or health.report_ok,
    info = health.info or health.report_info,
    warn = health.warn or health.report_warn,
    error = health.error or health.report_error,
  }
end

local function check_neovim(report)
  local version = vim.fn.execute("version"):match("NVIM v([%d.]+)")
  local text = "Neovim " .. version
  if versions.has.enable then
    report.ok(text .. ', started by vim.lsp.enable("intaglio") or setup()')
  elseif vim.fn.has("nvim-0.7") == 1 then
    report.ok(text .. ", started by require('intaglio').setup()")
  else
    report.error(text .. " is too old", { "Install Neovim 0.7 or later" })
  end
  for name, has in pairs({
    ["inlay hints"] = versions.has.inlay_hints,
    ["semantic tokens"] = versions.has.semantic_tokens,
  }) do
    if not has then
      report.info("this Neovim has no " .. name)
    end
  end
end

local function check_options(report)
  local problems = options.problems(vim.g.intaglio or {})
  for _, problem in ipairs(problems) do
    report.error("vim.g.intaglio: " .. problem .. "; none of it is used", { ":help intaglio-options" })
  end
  local trusted = options.get().trusted
  if trusted == nil then
    report.info("trust: the server's setting `trust` decides; :Intaglio trust for a session")
  else
    report.info("trust: " .. vim.inspect(trusted))
  end
end

---@param command string[]
---@param argument string
---@return boolean fine
---@return string output
local function run(command, argument)
  local words = vim.list_slice(command, 1, math.max(1, #command - 1))
  table.insert(words, argument)
  local output = vim.fn.system(words)
  return vim.v.shell_error == 0, vim.trim(output)
end

local function check_server(report)
  local command, problem = workspace.server(options.get())
  if not command then
    report.error(problem, { "pip install 'intaglio[all]'", "or set the option cmd: :help intaglio-options" })
    return
  end
  report.ok("server: " .. table.concat(command, " "))
  local fine, output = run(command, "--version")
  local first = vim.split(output, "\n", { plain = true })[1]
  if fine then
    report.ok(first)
  else
    report.error(("%s --version failed: %s"):format(command[1], first), { "Reinstall it: pip install 'intaglio[all]'" })
  end
end

local function check_clients(report)
  local clients = versions.clients(client_module.name)
  if #clients == 0 then
    report.warn("no server runs now", {
      versions.has.enable and 'Enable it: vim.lsp.enable("intaglio"), and open a Python file'
        or "Enable it: require('intaglio').setup(), and open a Python file",
    })
  end
  for _, client in ipairs(clients) do
    local root = client.config and client.config.root_dir or client.root_dir or "no folder"
    report.ok(("client %d serves %s, positions in %s"):format(client.id, root, client.offset_encoding))
  end
end

--- What `:checkhealth intaglio` runs.
function M.check()
  local report = reporter()
  report.start("intaglio: Neovim")
  check_neovim(report)
  report.start("intaglio: options")
  check_options(report)
  report.start("intaglio: server")
  check_server(report)
  report.start("intaglio: clients")
  check_clients(report)
end

return M
