--- What differs between Neovim 0.7 and 0.11, in one place. Knows nothing of Intaglio.

local M = {}

local has_methods = vim.fn.has("nvim-0.11") == 1

--- What this Neovim has.
M.has = {
  enable = vim.lsp.enable ~= nil and vim.lsp.config ~= nil,
  start = vim.lsp.start ~= nil,
  attach_event = vim.fn.exists("##LspAttach") == 1,
  inlay_hints = vim.lsp.inlay_hint ~= nil and vim.fn.has("nvim-0.10") == 1,
  semantic_tokens = vim.lsp.semantic_tokens ~= nil,
}

--- The running clients of a name, those of one buffer only when it is given.
---@param name string
---@param buffer? integer
---@return table[]
function M.clients(name, buffer)
  ---@diagnostic disable-next-line: deprecated
  local all = vim.lsp.get_clients or vim.lsp.get_active_clients
  return vim.tbl_filter(function(client)
    return client.name == name and (buffer == nil or vim.lsp.buf_is_attached(buffer, client.id))
  end, all())
end

---@param client table
---@param method string
---@param params table
---@param callback fun(failure: table?, result: any, context: table)
---@param buffer? integer
---@return boolean sent
function M.request(client, method, params, callback, buffer)
  if has_methods then
    return (client:request(method, params, callback, buffer))
  end
  return (client.request(method, params, callback, buffer))
end

---@param client table
---@param method string
---@param params table
function M.notify(client, method, params)
  if has_methods then
    client:notify(method, params)
  else
    client.notify(method, params)
  end
end

--- Draw the lenses of one buffer anew. Not by `vim.lsp.codelens.refresh`: after a server that ended with such a request
--- unanswered it never asks for that buffer again (0.7 to 0.11).
---@param client table
---@param buffer integer
function M.refresh_lenses(client, buffer)
  local params = { textDocument = { uri = vim.uri_from_bufnr(buffer) } }
  M.request(client, "textDocument/codeLens", params, vim.lsp.codelens.on_codelens, buffer)
end

return M
