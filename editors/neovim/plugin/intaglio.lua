-- Defines :Intaglio, and no more: no server is started, no key is mapped, no option is set.
if vim.g.loaded_intaglio then
  return
end
vim.g.loaded_intaglio = true

vim.api.nvim_create_user_command("Intaglio", function(call)
  require("intaglio.commands").run(call)
end, {
  nargs = "*",
  bang = true,
  desc = "Compile, validate, lock and compare specs",
  complete = function(lead, line)
    return require("intaglio.commands").complete(lead, line)
  end,
})
