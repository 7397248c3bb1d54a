-- The parts by themselves, in a real Neovim without a server: `nvim --headless --clean -u NONE -S units.lua`.
-- Prints one line a test, then `N passed, N failed`; exits 1 when one failed.

local here = vim.fn.fnamemodify(debug.getinfo(1, "S").source:sub(2), ":p:h")
vim.opt.runtimepath:prepend(vim.fn.fnamemodify(here, ":h"))
vim.cmd("runtime plugin/intaglio.lua")

local commands = require("intaglio.commands")
local options = require("intaglio.options")
local panes = require("intaglio.panes")
local preview = require("intaglio.preview")
local status = require("intaglio.status")
local workspace = require("intaglio.workspace")

---@param expected any
---@param found any
local function same(expected, found)
  if not vim.deep_equal(expected, found) then
    error(("expected %s, found %s"):format(vim.inspect(expected), vim.inspect(found)), 2)
  end
end

---@param pattern string
---@param text string
local function matches(pattern, text)
  if not text:find(pattern) then
    error(("expected text that matches %q, found %q"):format(pattern, text), 2)
  end
end

---@param files table<string, string>
---@return string folder
local function folder_with(files)
  local folder = vim.fn.tempname()
  for path, text in pairs(files) do
    local full = folder .. "/" .. path
    vim.fn.mkdir(vim.fn.fnamemodify(full, ":h"), "p")
    vim.fn.writefile(vim.split(text, "\n"), full)
  end
  return folder
end

---@param name string
---@param fields table
---@return table
local function spec(name, fields)
  return vim.tbl_extend("force", {
    name = name,
    range = { start = { line = 0, character = 0 }, ["end"] = { line = 2, character = 30 } },
    state = "stub",
    reasons = {},
    phase = "idle",
    stages = {},
  }, fields or {})
end

--- A buffer of a Python file, with what a server would have told of it.
---@param specs table[]
---@return integer buffer
local function buffer_with(specs)
  vim.cmd("edit! " .. vim.fn.tempname() .. ".py")
  vim.api.nvim_buf_set_lines(0, 0, -1, false, { "# spec: a", "#   b", "def f(): ...", "", "def g(): ..." })
  local buffer = vim.api.nvim_get_current_buf()
  status.receive(7, { version = 1, uri = vim.uri_from_bufnr(buffer), specs = specs })
  return buffer
end

---@param run fun()
---@return string
local function notified(run)
  local said, notify = {}, vim.notify
  vim.notify = function(message)
    table.insert(said, message)
  end
  local fine, failure = pcall(run)
  vim.notify = notify
  if not fine then
    error(failure, 0)
  end
  return table.concat(said, "\n")
end

local tests = {}

tests["the root is the nearest folder with a mark"] = function()
  local folder = folder_with({
    ["pyproject.toml"] = "[tool.intaglio]\nmodel = ''",
    ["inner/pyproject.toml"] = "[tool.other]",
    ["inner/deep/a.py"] = "",
    ["marked/.intaglio/store"] = "",
    ["marked/a.py"] = "",
    ["settings/intaglio.toml"] = "",
    ["settings/a.py"] = "",
  })
  same(folder, workspace.root(folder .. "/inner/deep/a.py"))
  same(folder .. "/marked", workspace.root(folder .. "/marked/a.py"))
  same(folder .. "/settings", workspace.root(folder .. "/settings/a.py"))
end

tests["without a mark the root is the file's own folder"] = function()
  local folder = folder_with({ ["deep/a.py"] = "" })
  same(folder .. "/deep", workspace.root(folder .. "/deep/a.py"))
end

tests["trust is for the named folders and below, and for no folder whose name only begins like one"] = function()
  local folder = folder_with({ ["work/claims/a.py"] = "", ["work-of-others/a.py"] = "" })
  local trusting = { trusted = { folder .. "/work/" } }
  same(true, workspace.trusted(folder .. "/work/claims", trusting))
  same(true, workspace.trusted(folder .. "/work", trusting))
  same(false, workspace.trusted(folder .. "/work-of-others", trusting))
  same(false, workspace.trusted(folder, trusting))
  same(nil, workspace.trusted(folder, {}))
end

tests["a workspace never chooses the program that serves it"] = function()
  local folder = folder_with({ [".venv/bin/intaglio"] = "#!/bin/sh\n", ["a.py"] = "" })
  vim.fn.setfperm(folder .. "/.venv/bin/intaglio", "rwxr-xr-x")
  vim.cmd("cd " .. folder)
  local path, environment = vim.env.PATH, vim.env.VIRTUAL_ENV
  vim.env.PATH, vim.env.VIRTUAL_ENV = "/usr/bin:/bin", nil
  local command, problem = workspace.server({})
  vim.env.VIRTUAL_ENV = folder .. "/.venv"
  local active = workspace.server({})
  vim.env.PATH, vim.env.VIRTUAL_ENV = path, environment
  vim.cmd("cd -")
  same(nil, command)
  matches("pip install", problem)
  same({ folder .. "/.venv/bin/intaglio", "lsp" }, active)
end

tests["a command that cannot be run is said"] = function()
  local command, problem = workspace.server({ cmd = { "/no/such/program", "lsp" } })
  same(nil, command)
  matches("/no/such/program", problem)
end

tests["unknown and ill-typed options are refused by name"] = function()
  same({}, options.problems({ lenses = false, trusted = { "~/claims" }, settings = { model = "x" } }))
  matches("no option is named lense; there are cmd, ", options.problems({ lense = true })[1])
  matches("cmd must be a table, not a string", options.problems({ cmd = "intaglio lsp" })[1])
  local fine, failure = pcall(options.set, { lense = true })
  same(false, fine)
  matches("lense", failure)
end

tests["the line tells what runs before how many are in which state"] = function()
  local buffer = buffer_with({ spec("f", { state = "locked" }), spec("g", { state = "drifted" }) })
  same("1 drifted, 1 locked", status.line(buffer))
  buffer_with({})
  buffer = buffer_with({
    spec("f", { phase = "generating", attempt = 2, attempts = 5, tokens = 120, estimated = true }),
    spec("g", { state = "locked" }),
  })
  same("f: attempt 2/5, writing, ~120 tokens", status.line(buffer))
  buffer = buffer_with({
    spec(
      "f",
      { phase = "validating", attempt = 1, attempts = 1, stages = { { stage = "accuracy", outcome = "running" } } }
    ),
  })
  same("f: accuracy", status.line(buffer))
  buffer = buffer_with({ spec("f", { phase = "proposed" }), spec("g", { state = "accepted" }) })
  same("1 stub, 1 accepted, 1 to accept", status.line(buffer))
end

tests["progress of the server fills the line when no spec runs, until it ends"] = function()
  local buffer = buffer_with({ spec("f", { state = "locked" }) })
  status.receive_progress(7, "token", { kind = "begin", title = "Reading" })
  status.receive_progress(7, "token", { kind = "report", message = "3 of 4", percentage = 75 })
  same("Reading, 3 of 4, 75 %", status.line(buffer, 7))
  same("1 locked", status.line(buffer, 8))
  status.receive_progress(7, "token", { kind = "end" })
  same("1 locked", status.line(buffer, 7))
end

tests["what a server said is forgotten with it, and with it alone"] = function()
  local buffer = buffer_with({ spec("f", {}) })
  status.forget(8)
  same("1 stub", status.line(buffer))
  status.forget(7)
  same("", status.line(buffer))
  same(nil, status.of(buffer))
end

tests["a status of another version is not taken"] = function()
  local buffer = buffer_with({ spec("f", {}) })
  same(false, status.receive(7, { version = 2, uri = vim.uri_from_bufnr(buffer), specs = {} }))
  same("1 stub", status.line(buffer))
end

tests["a run that came to nothing is told once, with where it failed"] = function()
  local buffer = buffer_with({ spec("f", { phase = "validating" }), spec("g", { phase = "refused" }) })
  local failed = { { stage = "security", outcome = "passed" }, { stage = "syntax", outcome = "failed" } }
  local picture = { version = 1, uri = vim.uri_from_bufnr(buffer) }
  picture.specs = {
    spec("f", { phase = "refused", attempt = 3, attempts = 5, stages = failed }),
    spec("g", { phase = "refused", attempt = 1, stages = failed }),
  }
  same({ "f: no body passed in 3 attempts (failed at syntax); the file is as it was" }, status.refusals(picture))
  status.receive(7, picture)
  same({}, status.refusals(picture))
  buffer_with({ spec("h", { phase = "queued" }) })
  picture.uri = vim.uri_from_bufnr(vim.api.nvim_get_current_buf())
  picture.specs = { spec("h", { phase = "refused", attempt = 0, stages = failed }) }
  same({ "h: failed at syntax" }, status.refusals(picture))
end

tests["the spec at a line is that whose comment or function holds it"] = function()
  local range = { start = { line = 4, character = 0 }, ["end"] = { line = 4, character = 12 } }
  local buffer = buffer_with({ spec("f", {}), spec("g", { range = range }) })
  same("f", status.at(buffer, 0).name)
  same("f", status.at(buffer, 2).name)
  same(nil, status.at(buffer, 3))
  same("g", status.at(buffer, 4).name)
end

tests["a preview stands below its function and never in the text"] = function()
  local buffer = buffer_with({ spec("f", {}) })
  local before = vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
  local namespace = vim.api.nvim_get_namespaces()["intaglio.preview"]
  local function marks()
    return vim.api.nvim_buf_get_extmarks(buffer, namespace, 0, -1, { details = true })
  end
  preview.show(buffer, status.named(buffer, "f"), { version = 1, name = "f", text = "return 1" })
  preview.show(buffer, status.named(buffer, "f"), { version = 1, name = "f", text = "x = 1\nreturn x" })
  same(1, #marks())
  same(2, marks()[1][2])
  same({ { { "x = 1", "IntaglioPreview" } }, { { "return x", "IntaglioPreview" } } }, marks()[1][4].virt_lines)
  same(before, vim.api.nvim_buf_get_lines(buffer, 0, -1, false))
  preview.show(buffer, status.named(buffer, "f"), { version = 1, name = "f", text = vim.NIL })
  same({}, marks())
end

tests["a comparison is two read-only windows in diff mode, and q closes both"] = function()
  local pages = #vim.api.nvim_list_tabpages()
  panes.compare("fee", { title = "locked", text = "a\nb\n" }, { title = "now", text = "a\nc\n" })
  local windows = vim.api.nvim_tabpage_list_wins(0)
  same(2, #windows)
  for place, window in ipairs(windows) do
    local buffer = vim.api.nvim_win_get_buf(window)
    same({ "a", place == 1 and "b" or "c" }, vim.api.nvim_buf_get_lines(buffer, 0, -1, false))
    same(true, vim.wo[window].diff)
    same(false, vim.bo[buffer].modifiable)
    same("nofile", vim.bo[buffer].buftype)
  end
  vim.api.nvim_feedkeys("q", "xt", false)
  same(pages, #vim.api.nvim_list_tabpages())
end

tests["completion offers subcommands, then specs, then what a subcommand takes"] = function()
  buffer_with({ spec("decide", {}), spec("fee", {}) })
  same({ "cancel", "compile" }, commands.complete("c", "Intaglio c"))
  same({ "decide", "fee", ".", "%" }, commands.complete("", "Intaglio compile "))
  same({ "decide" }, commands.complete("d", "Intaglio! compile d"))
  same({ "locked", "candidate" }, commands.complete("", "Intaglio diff decide "))
  same({}, commands.complete("", "Intaglio compile decide "))
  same({}, commands.complete("", "Intaglio nonsense "))
end

tests["the command itself lists what there is; an unknown subcommand names those that are there"] = function()
  vim.cmd("Intaglio")
  local text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
  for name in pairs(commands.subcommands) do
    matches("\n  " .. vim.pesc(name) .. " ", text)
  end
  vim.cmd("close")
  local said = notified(function()
    vim.cmd("Intaglio compil")
  end)
  matches("no subcommand compil; there are accept, ", said)
end

tests["without a server a command says so"] = function()
  buffer_with({})
  local said = notified(function()
    vim.cmd("Intaglio compile")
  end)
  matches("no server serves this buffer %(:checkhealth intaglio%)", said)
end

tests["the status line is empty where no server is"] = function()
  buffer_with({ spec("f", {}) })
  same("", require("intaglio").statusline())
end

tests["each subcommand stands in the help, under its tag"] = function()
  local text = table.concat(vim.fn.readfile(vim.fn.fnamemodify(here, ":h") .. "/doc/intaglio.txt"), "\n")
  for name in pairs(commands.subcommands) do
    matches("%*:Intaglio%-" .. vim.pesc(name) .. "%*", text)
  end
end

tests["nothing is set up by loading the plugin"] = function()
  same({}, (vim.lsp.get_clients or vim.lsp.get_active_clients)())
  same({}, vim.api.nvim_get_autocmds({ event = "FileType", pattern = "python" }))
  for _, mapping in ipairs(vim.api.nvim_get_keymap("n")) do
    same(nil, (mapping.rhs or ""):find("ntaglio"))
  end
end

local names = vim.tbl_keys(tests)
table.sort(names)
local passed, failed = 0, 0
for _, name in ipairs(names) do
  local fine, failure = xpcall(tests[name], debug.traceback)
  passed, failed = passed + (fine and 1 or 0), failed + (fine and 0 or 1)
  io.stdout:write(("%s %s\n%s"):format(fine and "ok  " or "FAIL", name, fine and "" or failure .. "\n"))
end
io.stdout:write(("%d passed, %d failed\n"):format(passed, failed))
vim.cmd(failed == 0 and "qall!" or "cquit 1")
