-- For Neovim 0.11 and later: `vim.lsp.enable("intaglio")` starts the server with what stands here.
return require("intaglio.client").config()
