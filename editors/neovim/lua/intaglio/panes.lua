--- What the server answers in words or as two texts, in windows of their own. The buffers belong to no file.

local M = {}

---@param lines string[]
---@param name string
---@param filetype string
---@return integer buffer
local function fill(lines, name, filetype)
  local buffer = vim.api.nvim_get_current_buf()
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
  vim.bo[buffer].buftype = "nofile"
  vim.bo[buffer].bufhidden = "wipe"
  vim.bo[buffer].swapfile = false
  vim.bo[buffer].modifiable = false
  pcall(vim.api.nvim_buf_set_name, buffer, name) -- a name that is taken is no reason to show nothing
  -- The syntax, not the filetype: no other plugin and no server is to take this text for a file.
  vim.bo[buffer].syntax = filetype
  return buffer
end

---@param text string
---@return string[]
local function lines_of(text)
  local lines = vim.split(text, "\n", { plain = true })
  if lines[#lines] == "" then
    table.remove(lines)
  end
  return lines
end

---@class intaglio.Side
---@field title string
---@field text string

--- Two texts side by side in diff mode, in a tab page of their own; `q` closes it.
---@param title string
---@param left intaglio.Side
---@param right intaglio.Side
function M.compare(title, left, right)
  vim.cmd("tabnew")
  local page = vim.api.nvim_get_current_tabpage()
  local buffers = {}
  for place, side in ipairs({ left, right }) do
    if place == 2 then
      vim.cmd("rightbelow vnew")
    end
    local buffer = fill(lines_of(side.text), ("intaglio://%s/%s"):format(title, side.title), "python")
    table.insert(buffers, buffer)
    vim.wo.statusline = " " .. side.title:gsub("%%", "%%%%")
    vim.cmd("diffthis")
    vim.keymap.set("n", "q", function()
      if vim.api.nvim_tabpage_is_valid(page) then
        vim.cmd("tabclose " .. vim.api.nvim_tabpage_get_number(page))
      end
    end, { buffer = buffer, desc = "Close the comparison" })
  end
  vim.cmd("silent! normal! gg]c")
end

--- Lines of text in a split below; `q` closes it.
---@param title string
---@param lines string[]
function M.read(title, lines)
  vim.cmd("botright new")
  local buffer = fill(lines, "intaglio://" .. title, "")
  vim.api.nvim_win_set_height(0, math.max(1, math.min(#lines, 15)))
  vim.keymap.set("n", "q", "<cmd>close<cr>", { buffer = buffer, desc = "Close" })
end

return M
