--- Lenses and inlay hints of one buffer: on where the options, the server and this Neovim have them. Semantic tokens
--- are switched on by Neovim itself.

local options = require("intaglio.options")
local versions = require("intaglio.versions")

local M = {}

---@type table<integer, true?> buffers whose lenses are about to be drawn anew
local waiting = {}

---@param client table
---@return boolean
local function has_lenses(client)
  return options.get().lenses and client.server_capabilities.codeLensProvider ~= nil
end

--- Draw the lenses anew, once for all that came in the same turn. Neovim has no refresh that a server could ask for.
---@param client table
---@param buffer integer
function M.refresh(client, buffer)
  if waiting[buffer] or not has_lenses(client) then
    return
  end
  waiting[buffer] = true
  vim.schedule(function()
    waiting[buffer] = nil
    if vim.api.nvim_buf_is_loaded(buffer) and vim.lsp.buf_is_attached(buffer, client.id) then
      versions.refresh_lenses(client, buffer)
    end
  end)
end

--- Begin: called once for each buffer that the server takes on.
---@param client table
---@param buffer integer
function M.attach(client, buffer)
  if options.get().inlay_hints and versions.has.inlay_hints and client.server_capabilities.inlayHintProvider then
    vim.lsp.inlay_hint.enable(true, { bufnr = buffer })
  end
  if not has_lenses(client) then
    return
  end
  local group = vim.api.nvim_create_augroup("intaglio.lenses." .. buffer, { clear = true })
  vim.api.nvim_create_autocmd({ "BufEnter", "InsertLeave" }, {
    group = group,
    buffer = buffer,
    desc = "Draw Intaglio's lenses anew",
    callback = function()
      M.refresh(client, buffer)
    end,
  })
  M.refresh(client, buffer)
end

return M
