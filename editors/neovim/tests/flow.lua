-- A user's way through Intaglio in a real Neovim with the real server, as `tests/editors/test_neovim.py` starts it.
--
-- The workspace is the current folder, with claims.py (a spec with rules, one without, a misspelt directive). A model
-- server that answers by a script holds its answer until the file `preview-seen` is there. Exits 1 at the first thing
-- that is missing.

vim.opt.runtimepath:prepend(vim.env.INTAGLIO_PLUGIN)
vim.cmd("filetype plugin on")
vim.cmd("runtime plugin/intaglio.lua")
vim.opt.swapfile = false

local said = {}
vim.notify = function(message)
  table.insert(said, message)
end

-- A person who is asked: what the answer will be, and what was asked.
local answer, asked = "Apply", {}
local function answer_for(prompt, titles)
  table.insert(asked, ("%s [%s]"):format(prompt, table.concat(titles, " | ")))
  for place, title in ipairs(titles) do
    if title == answer then
      return place
    end
  end
end
vim.ui.select = function(items, opts, choose)
  local titles = vim.tbl_map(opts.format_item or tostring, items)
  choose(items[answer_for(opts.prompt or "", titles)])
end
-- How 0.7 asks what a server asks: a message, a heading, and numbered answers.
vim.fn.inputlist = function(lines)
  local titles = vim.tbl_map(function(line)
    return (line:gsub("^%d+%. ", ""))
  end, vim.list_slice(lines, 3))
  return answer_for(lines[1], titles) or 0
end

local typed ---@type string? What the person types where words are asked for; nil leaves the prompt
vim.ui.input = function(opts, give)
  table.insert(asked, opts.prompt)
  answer = "Apply" -- to what is asked next
  give(typed)
end

local intaglio, status = require("intaglio"), require("intaglio.status")
local steps = {}

local function step(name)
  table.insert(steps, name)
  io.stdout:write("- " .. name .. "\n")
end

local function eventually(what, predicate)
  if not vim.wait(60000, predicate, 20) then
    local findings = vim.tbl_map(function(finding)
      return ("line %d: %s"):format(finding.lnum + 1, finding.message)
    end, vim.diagnostic.get(0))
    local specs = vim.tbl_map(function(spec)
      return ("%s: %s, %s (%s)"):format(spec.name, spec.state, spec.phase, table.concat(spec.reasons, "; "))
    end, status.specs(0))
    local picture = {
      line = intaglio.statusline(),
      findings = findings,
      specs = specs,
      said = said,
      asked = asked,
      messages = vim.fn.execute("messages"),
      buffer = vim.api.nvim_buf_get_lines(0, 0, -1, false),
    }
    error(("waited for: %s\n%s"):format(what, vim.inspect(picture)))
  end
end

local function text()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
end

local function go_to(pattern)
  assert(vim.fn.search(pattern, "w") > 0, "no line matches " .. pattern)
end

local function state_is(name, state)
  eventually(name .. " is " .. state, function()
    local spec = status.named(0, name)
    return spec and spec.state == state and spec.phase ~= "validating" and spec.phase ~= "generating"
  end)
end

local function was_said(pattern)
  eventually("a message that matches " .. pattern, function()
    return (table.concat(said, "\n") .. vim.fn.execute("messages")):find(pattern) ~= nil
  end)
end

local function finds(pattern)
  for _, finding in ipairs(vim.diagnostic.get(0)) do
    if finding.message:find(pattern) then
      return true
    end
  end
  return false
end

local function lock_file()
  local file = io.open(".intaglio/locks/claims.py.toml")
  local content = file and file:read("*a") or ""
  if file then
    file:close()
  end
  return content
end

local function start(options)
  intaglio.setup(vim.tbl_extend("force", { cmd = vim.split(vim.env.INTAGLIO_SERVER, " ") }, options))
end

local function stop(buffer)
  for _, client in ipairs(require("intaglio.versions").clients("intaglio")) do
    vim.lsp.stop_client(client.id)
  end
  eventually("nothing that is left of the server", function()
    return intaglio.statusline(buffer) == "" and #status.specs(buffer) == 0
  end)
end

local function with_rules()
  step("open the file: specs are told, findings are shown, nothing runs")
  vim.cmd("edit claims.py")
  eventually("the specs of the file", function()
    return #status.specs(0) == 2
  end)
  assert(intaglio.statusline() == "1 invalid, 1 stub", intaglio.statusline())
  eventually("the finding of the misspelt directive", function()
    return finds("exmaple")
  end)

  step("mend the directive: the finding is gone")
  go_to("exmaple")
  answer = "Change to `example`"
  vim.lsp.buf.code_action()
  eventually("no finding of it", function()
    return intaglio.statusline() == "2 stub" and not finds("exmaple")
  end)
  vim.cmd("write")

  step("compile without trust: refused, with what to do")
  answer = "Not now"
  go_to("def decide")
  vim.cmd("Intaglio compile")
  was_said("not trusted")
  assert(intaglio.statusline() == "2 stub")

  step("trust, compile by rules, decline: the file is as it was, the candidate is kept")
  vim.cmd("Intaglio trust")
  local before = text()
  answer = "Keep for later"
  vim.cmd("Intaglio compile decide")
  eventually("the question", function()
    return table.concat(asked, "\n"):find("decide") ~= nil
  end)
  was_said("decide passed all four stages and waits")
  assert(text() == before)
  eventually("a candidate to accept in the status line", function()
    return intaglio.statusline() == "2 stub, 1 to accept"
  end)

  step("compare with the candidate")
  vim.cmd("Intaglio diff decide candidate")
  eventually("two windows in diff mode", function()
    return #vim.api.nvim_tabpage_list_wins(0) == 2 and vim.wo.diff
  end)
  vim.api.nvim_feedkeys("q", "xt", false)

  step("accept it: the body is in the buffer, its lock waits for the file to be written")
  answer = "Apply"
  vim.cmd("Intaglio accept decide")
  eventually("the body", function()
    return text():find('return "APPROVE"') ~= nil
  end)
  eventually("a lock that waits", function()
    return intaglio.statusline():find("1 accepted") ~= nil
  end)
  assert(lock_file() == "")
  vim.cmd("write")
  state_is("decide", "locked")
  assert(lock_file():find("artifact.decide"))
end

local function with_a_model()
  step("start anew with a model and the folder trusted by an option")
  local buffer = vim.api.nvim_get_current_buf()
  stop(buffer)
  start({
    trusted = { vim.fn.getcwd() },
    settings = {
      model = "openai/scripted",
      ["api-base"] = vim.env.INTAGLIO_SCRIPTED,
      ["max-tokens"] = 100000,
    },
  })
  vim.cmd("edit")
  state_is("decide", "locked")

  step("compile with a model: the body streams in beside the text, and passes")
  go_to("def fee")
  vim.cmd("Intaglio compile")
  local namespace = vim.api.nvim_get_namespaces()["intaglio.preview"]
  eventually("the preview", function()
    local marks = vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, { details = true })
    return #marks == 1 and vim.inspect(marks[1][4].virt_lines):find("return") ~= nil
  end)
  assert(not text():find("return 9"))
  assert(intaglio.statusline():find("^fee: "), intaglio.statusline())
  vim.fn.writefile({}, "preview-seen")
  eventually("the body", function()
    return text():find("return 9") ~= nil
  end)
  eventually("the end of the preview", function()
    return #vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, {}) == 0
  end)
  vim.cmd("write")
  state_is("fee", "locked")
  eventually("two locks in the status line", function()
    return intaglio.statusline() == "2 locked"
  end)
end

local function with_a_remark()
  step("compile again with a remark: asked for, sent to the model, and what comes is offered")
  answer, typed = "Recompile fee with a remark ...", "Begin with the light ones."
  go_to("def fee")
  vim.lsp.buf.code_action()
  eventually("the other body", function()
    return text():find("if not heavy") ~= nil and intaglio.statusline():find("1 accepted") ~= nil
  end)
  vim.cmd("write")
  eventually("two locks in the status line", function()
    return intaglio.statusline() == "2 locked"
  end)
end

local function by_hand()
  step("break a locked body: drifted, with both in the comparison")
  local good = text()
  go_to("return 9")
  vim.api.nvim_set_current_line((vim.api.nvim_get_current_line():gsub("9", "8")))
  state_is("fee", "drifted")
  vim.cmd("Intaglio diff")
  eventually("the comparison", function()
    return #vim.api.nvim_tabpage_list_wins(0) == 2 and vim.wo.diff
  end)
  local sides = {}
  for _, window in ipairs(vim.api.nvim_tabpage_list_wins(0)) do
    local lines = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false)
    table.insert(sides, table.concat(lines, "\n"))
  end
  assert((sides[1]:find("return 9") or sides[2]:find("return 9")) and sides[1] ~= sides[2], vim.inspect(sides))
  vim.api.nvim_feedkeys("q", "xt", false)

  step("restore: the file is again as it was locked")
  vim.cmd("Intaglio restore fee")
  eventually("the locked body", function()
    return text() == good
  end)
  state_is("fee", "locked")
  vim.cmd("write")
  state_is("fee", "locked")

  step("the log of a body, and all specs in the quickfix list")
  vim.cmd("Intaglio log fee")
  eventually("the log", function()
    return vim.api.nvim_buf_get_name(0):find("log of fee") ~= nil and #text() > 0
  end)
  vim.api.nvim_feedkeys("q", "xt", false)
  vim.cmd("Intaglio status")
  eventually("the list", function()
    return #vim.fn.getqflist() == 2
  end)
  assert(vim.fn.getqflist()[1].text:find("locked"), vim.inspect(vim.fn.getqflist()))
  vim.cmd("cclose")
end

local function adopted()
  step("adopt a body that was changed by hand: asked why, nothing happens without an answer, the lock keeps it")
  go_to("return 9")
  vim.api.nvim_set_current_line((vim.api.nvim_get_current_line():gsub("9", "3 * 3")))
  state_is("fee", "drifted")
  local before = #asked
  for _, words in ipairs({ false, "Three times the light one." }) do
    answer, typed = "Adopt fee as hand-written: validate and lock it", words or nil
    vim.lsp.buf.code_action()
    eventually("the question why", function()
      return asked[#asked] == "Adopt fee as hand-written. Why? "
    end)
    table.insert(asked, "answered")
    if not words then
      vim.wait(300)
      assert(intaglio.statusline():find("1 drifted"), intaglio.statusline())
    end
  end
  assert(#asked >= before + 4)
  vim.cmd("write")
  state_is("fee", "locked")
  assert(lock_file():find("Three times the light one.", 1, true))
end

local function beside_the_text()
  step("lenses above both functions; hints where this Neovim has them")
  local buffer = vim.api.nvim_get_current_buf()
  eventually("lenses", function()
    return #vim.lsp.codelens.get(buffer) >= 2
  end)
  if require("intaglio.versions").has.inlay_hints then
    assert(vim.lsp.inlay_hint.is_enabled({ bufnr = buffer }))
    eventually("hints", function()
      return #vim.lsp.inlay_hint.get({ bufnr = buffer }) > 0
    end)
  end

  step("checkhealth finds the server")
  vim.cmd("checkhealth intaglio")
  eventually("the report", function()
    return text():find("serves") ~= nil
  end)
  assert(not text():find("ERROR"), text())
  vim.cmd("bdelete!")

  step("when the server ends nothing of it stays")
  stop(buffer)
end

local function flow()
  start({ settings = { backend = "rules" } })
  with_rules()
  with_a_model()
  with_a_remark()
  by_hand()
  adopted()
  beside_the_text()
end

local fine, failure = xpcall(flow, debug.traceback)
if not fine then
  io.stderr:write(failure .. "\n")
  vim.cmd("cquit 1")
end
io.stdout:write(("%d steps\n"):format(#steps))
vim.cmd("qall!")
