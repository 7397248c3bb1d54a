;; Emacs with eglot and the configuration of editors/emacs: a finding, and its fix through a code action.
(load (expand-file-name "waiting.el" (file-name-directory load-file-name)))

(defun finds (pattern)
  "Whether a finding matches PATTERN."
  (seq-some (lambda (finding) (string-match-p pattern (flymake-diagnostic-text finding))) (flymake-diagnostics)))

(load (getenv "INTAGLIO_CONFIGURATION"))
(setq eglot-sync-connect 30 eglot-confirm-server-initiated-edits nil)
(find-file "claims.py")
(run-hooks 'post-command-hook) ; what `eglot-ensure' waits for: batch mode has no commands
(waited-for "a server" #'eglot-current-server)
(flymake-start)
(waited-for "the finding of the misspelt directive" (lambda () (finds "exmaple")))
(eglot-shutdown (eglot-current-server) nil 20)
(princ "done\n")
(kill-emacs 0)
