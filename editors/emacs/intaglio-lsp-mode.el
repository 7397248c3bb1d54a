;;; intaglio-lsp-mode.el --- Intaglio with lsp-mode, beside your other servers  -*- lexical-binding: t; -*-
(require 'lsp-mode)
(lsp-register-client
 (make-lsp-client
  :new-connection (lsp-stdio-connection '("intaglio" "lsp"))
  :activation-fn (lsp-activate-on "python")
  :server-id 'intaglio
  :add-on? t
  ;; Trust what you open: bodies may be compiled and run. Leave this out to read and verify only.
  :initialization-options '(:trusted t)))
(add-hook 'python-mode-hook #'lsp-deferred)

(provide 'intaglio-lsp-mode)
;;; intaglio-lsp-mode.el ends here
