--- The client: how the server is started, and what is done with what it says. The only module that hears messages.

local decorations = require("intaglio.decorations")
local options = require("intaglio.options")
local panes = require("intaglio.panes")
local preview = require("intaglio.preview")
local status = require("intaglio.status")
local versions = require("intaglio.versions")
local workspace = require("intaglio.workspace")

local M = {}

--- The name of the client, and of its configuration.
M.name = "intaglio"

---@type table<string, true?> what was said once and is not said again
local said = {}

---@param message string
---@param level? integer
local function say_once(message, level)
  if not said[message] then
    said[message] = true
    vim.notify("intaglio: " .. message, level or vim.log.levels.WARN)
  end
end

---@param uri string
---@return integer? buffer the loaded buffer of a file
local function buffer_of(uri)
  local buffer = vim.fn.bufnr(vim.uri_to_fname(uri))
  return buffer > 0 and vim.api.nvim_buf_is_loaded(buffer) and buffer or nil
end

local handlers = {}

---@param picture intaglio.Picture
handlers["intaglio/status"] = function(_, picture, context)
  local refusals = picture.version == status.version and status.refusals(picture) or {}
  if not status.receive(context.client_id, picture) then
    say_once("the server speaks another version of its status than this plugin; update the older of the two")
    return
  end
  for _, line in ipairs(refusals) do
    vim.notify("intaglio: " .. line, vim.log.levels.WARN)
  end
  local client = vim.lsp.get_client_by_id(context.client_id)
  local buffer = buffer_of(picture.uri)
  if client and buffer then
    decorations.refresh(client, buffer)
  end
  vim.api.nvim_exec_autocmds("User", { pattern = "IntaglioStatus", modeline = false })
  vim.cmd("redrawstatus!")
end

---@param message intaglio.Preview
handlers["intaglio/preview"] = function(_, message)
  local buffer = buffer_of(message.uri)
  if buffer and message.version == status.version then
    preview.show(buffer, status.named(buffer, message.name), message)
  end
end

handlers["$/progress"] = function(failure, message, context, settings)
  status.receive_progress(context.client_id, message.token, message.value)
  vim.cmd("redrawstatus!")
  return vim.lsp.handlers["$/progress"](failure, message, context, settings)
end

--- Show what `intaglio.diff` answered.
---@param answer { title: string, left: intaglio.Side, right: intaglio.Side }
function M.show_comparison(answer)
  panes.compare(answer.title, answer.left, answer.right)
end

--- Show what `intaglio.log` answered.
---@param name string
---@param lines string[]
function M.show_log(name, lines)
  panes.read("log of " .. name, #lines > 0 and lines or { "nothing is recorded of " .. name })
end

---@class intaglio.Arguments the one object that a command of the server takes
---@field uri? string
---@field name? string

--- Run a command of the server. What fails is said.
---@param client table
---@param command string
---@param arguments intaglio.Arguments
---@param answered? fun(answer: any)
---@param buffer? integer
function M.execute(client, command, arguments, answered, buffer)
  local params = { command = command, arguments = { arguments } }
  versions.request(client, "workspace/executeCommand", params, function(failure, answer)
    if failure then
      vim.notify("intaglio: " .. failure.message, vim.log.levels.ERROR)
    elseif answered then
      answered(answer)
    end
  end, buffer)
end

--- Tell the server that the user trusts the workspace.
---@param client table
function M.trust(client)
  versions.notify(client, "intaglio/trust", { trusted = true })
end

--- Commands of the client's own that lenses and code actions name: they show the answer, or ask the user first.
---@type table<string, fun(command: table, context: table)>
local own_commands = {
  ["intaglio.diff"] = function(command, context)
    local client = assert(vim.lsp.get_client_by_id(context.client_id))
    M.execute(client, command.command, command.arguments[1], M.show_comparison, context.bufnr)
  end,
  ["intaglio.log"] = function(command, context)
    local client = assert(vim.lsp.get_client_by_id(context.client_id))
    local arguments = command.arguments[1]
    M.execute(client, command.command, arguments, function(lines)
      M.show_log(arguments.name, lines)
    end, context.bufnr)
  end,
  ["intaglio.compileWithRemark"] = function(command, context)
    local client = assert(vim.lsp.get_client_by_id(context.client_id))
    local arguments = command.arguments[1]
    vim.ui.input({ prompt = ("Compile %s again. What should be different? "):format(arguments.name) }, function(remark)
      if remark and remark ~= "" then
        local given = vim.tbl_extend("force", arguments, { remark = remark })
        M.execute(client, "intaglio.compile", given, nil, context.bufnr)
      end
    end)
  end,
  ["intaglio.adopt"] = function(command, context)
    local client = assert(vim.lsp.get_client_by_id(context.client_id))
    local arguments = command.arguments[1]
    vim.ui.input({ prompt = ("Adopt %s as hand-written. Why? "):format(arguments.name) }, function(reason)
      if reason then
        local given = vim.tbl_extend("force", arguments, { adopt = true, reason = reason })
        M.execute(client, "intaglio.lock", given, nil, context.bufnr)
      end
    end)
  end,
}

---@param code integer
---@param signal integer
---@param client integer
local function on_exit(code, signal, client)
  vim.schedule(function()
    status.forget(client)
    preview.clear()
    vim.cmd("redrawstatus!")
    if code ~= 0 and signal == 0 then
      vim.notify(("intaglio: the server ended with code %d (:checkhealth intaglio)"):format(code), vim.log.levels.ERROR)
    end
  end)
end

--- Say, in each `initialize`, whether the workspace is trusted: it depends on where it lies.
---@param params table
local function before_init(params)
  local root = params.rootUri and params.rootUri ~= vim.NIL and vim.uri_to_fname(params.rootUri) or nil
  params.initializationOptions = vim.tbl_extend("force", params.initializationOptions or {}, {
    trusted = root and workspace.trusted(root, options.get()),
  })
end

local function follow_attach_event()
  vim.api.nvim_create_autocmd("LspAttach", {
    group = vim.api.nvim_create_augroup("intaglio.attach", { clear = true }),
    desc = "Intaglio's lenses and hints",
    callback = function(event)
      local client = vim.lsp.get_client_by_id(event.data.client_id)
      if client and client.name == M.name then
        decorations.attach(client, event.buf)
      end
    end,
  })
end

--- The client's configuration: for vim.lsp.config on 0.11, for vim.lsp.start and vim.lsp.start_client before.
---@return vim.lsp.Config
function M.config()
  local chosen = options.get()
  local command, problem = workspace.server(chosen)
  local config = {
    name = M.name,
    cmd = command or { "intaglio", "lsp" },
    filetypes = { "python" },
    init_options = {
      status = status.version,
      preview = chosen.preview and 1 or nil,
      remarks = 1,
      reasons = 1,
      settings = next(chosen.settings) and chosen.settings or nil,
    },
    settings = { intaglio = next(chosen.settings) and chosen.settings or vim.empty_dict() },
    handlers = handlers,
    commands = own_commands,
    before_init = before_init,
    on_exit = on_exit,
  }
  if versions.has.attach_event then
    follow_attach_event()
  else
    config.on_attach = decorations.attach
  end
  if versions.has.enable then
    -- Without a server no client is started: one sentence instead of an error for each file.
    config.root_dir = function(buffer, found)
      if problem then
        say_once(problem)
      elseif vim.bo[buffer].buftype == "" then
        found(workspace.root(vim.api.nvim_buf_get_name(buffer)))
      end
    end
  end
  return config
end

---@type table<string, integer?> the client of each workspace, where vim.lsp.start does not look for it (0.7)
local by_root = {}

---@param buffer integer
local function start(buffer)
  if vim.bo[buffer].buftype ~= "" or vim.api.nvim_buf_get_name(buffer) == "" then
    return
  end
  local _, problem = workspace.server(options.get())
  if problem then
    say_once(problem)
    return
  end
  local config = M.config()
  config.root_dir = workspace.root(vim.api.nvim_buf_get_name(buffer))
  if versions.has.start then
    vim.lsp.start(config, { bufnr = buffer })
    return
  end
  local client = by_root[config.root_dir]
  if not client or not vim.lsp.get_client_by_id(client) then
    ---@diagnostic disable-next-line: deprecated
    client = vim.lsp.start_client(config)
  end
  if client then
    by_root[config.root_dir] = client
    vim.lsp.buf_attach_client(buffer, client)
  end
end

--- Start the server for Python files, those that are open included.
function M.enable()
  if versions.has.enable then
    vim.lsp.enable(M.name) -- reads lsp/intaglio.lua anew
    return
  end
  vim.api.nvim_create_autocmd("FileType", {
    group = vim.api.nvim_create_augroup("intaglio.start", { clear = true }),
    pattern = "python",
    desc = "Start Intaglio's server",
    callback = function(event)
      start(event.buf)
    end,
  })
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(buffer) and vim.bo[buffer].filetype == "python" then
      start(buffer)
    end
  end
end

return M
