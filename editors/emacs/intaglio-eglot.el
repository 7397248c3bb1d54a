;;; intaglio-eglot.el --- Intaglio with eglot  -*- lexical-binding: t; -*-
;; Eglot starts one server for a buffer: this one in place of another for Python. For several, use lsp-mode.
(require 'eglot)
(add-to-list 'eglot-server-programs
             ;; Trust what you open: bodies may be compiled and run. Leave the options out to read and verify only.
             '((python-mode python-ts-mode) . ("intaglio" "lsp" :initializationOptions (:trusted t))))
(add-hook 'python-mode-hook #'eglot-ensure)

(provide 'intaglio-eglot)
;;; intaglio-eglot.el ends here
