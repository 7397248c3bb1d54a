;; Emacs with lsp-mode and the configuration of editors/emacs: a finding, and its fix through a code action.
(load (expand-file-name "waiting.el" (file-name-directory load-file-name)))

(defun finds (pattern)
  "Whether a finding matches PATTERN."
  (seq-some (lambda (finding) (string-match-p pattern (lsp:diagnostic-message finding)))
            (gethash (lsp--fix-path-casing buffer-file-name) (lsp-diagnostics t))))

(load (getenv "INTAGLIO_CONFIGURATION"))
(setq lsp-auto-guess-root t lsp-enable-file-watchers nil lsp-enable-suggest-server-download nil)
(find-file "claims.py")
(lsp) ; `lsp-deferred' waits for the buffer to be shown, which batch mode never does
(waited-for "a server" (lambda () (seq-some (lambda (one) (eq (lsp--workspace-status one) 'initialized)) (lsp-workspaces))))
(waited-for "the finding of the misspelt directive" (lambda () (finds "exmaple")))
(princ "done\n")
(kill-emacs 0)
