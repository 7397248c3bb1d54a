--- What a user's configuration calls. :help intaglio
---
--- On Neovim 0.11 and later `vim.lsp.enable("intaglio")` alone is enough; `setup` does the same on every version.

local M = {}

--- Set options and start the server for Python files.
---@param options? intaglio.Options
function M.setup(options)
  require("intaglio.options").set(options or {})
  require("intaglio.client").enable()
end

--- For a status line: what runs now in a buffer, else the states of its specs. Empty when Intaglio does not serve it.
---@param buffer? integer the current one when absent
---@return string
function M.statusline(buffer)
  buffer = buffer or vim.api.nvim_get_current_buf()
  local client = require("intaglio.versions").clients(require("intaglio.client").name, buffer)[1]
  return client and require("intaglio.status").line(buffer, client.id) or ""
end

return M
