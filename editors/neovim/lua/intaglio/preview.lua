--- A body as far as a model has written it, as virtual lines below its function. It is never in the buffer.

local M = {}

local namespace = vim.api.nvim_create_namespace("intaglio.preview")

---@class intaglio.Preview
---@field version integer
---@field uri string
---@field name string
---@field job string
---@field attempt integer
---@field text? string nil when the preview is over

---@type table<string, integer?> the mark of each preview, by buffer and name
local marks = {}

---@param text string
---@return string[][][]
local function virtual_lines(text)
  local lines = {}
  for _, line in ipairs(vim.split(text, "\n", { plain = true })) do
    table.insert(lines, { { line:gsub("\t", "    "), "IntaglioPreview" } })
  end
  return lines
end

--- Show what has come, or take it away when the preview is over.
---@param buffer integer
---@param spec? intaglio.Spec where it belongs; nil when the spec is gone
---@param preview intaglio.Preview
function M.show(buffer, spec, preview)
  local key = buffer .. " " .. preview.name
  local mark = marks[key]
  local text = preview.text
  if type(text) ~= "string" or not spec or text == "" then
    if mark then
      vim.api.nvim_buf_del_extmark(buffer, namespace, mark)
      marks[key] = nil
    end
    return
  end
  local last = vim.api.nvim_buf_line_count(buffer) - 1
  marks[key] = vim.api.nvim_buf_set_extmark(buffer, namespace, math.min(spec.range["end"].line, last), 0, {
    id = mark,
    virt_lines = virtual_lines(text),
  })
end

--- Take every preview away.
function M.clear()
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    vim.api.nvim_buf_clear_namespace(buffer, namespace, 0, -1)
  end
  marks = {}
end

vim.api.nvim_set_hl(0, "IntaglioPreview", { default = true, link = "Comment" })

return M
