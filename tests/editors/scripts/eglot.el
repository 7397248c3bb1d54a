;; Emacs with eglot and the configuration of editors/emacs: a finding, its fix, a compile and a lock, by code actions.  -*- lexical-binding: t; -*-
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
(setq last-nonmenu-event ?x) ; menus are asked for by a key, not by a mouse
(fset 'completing-read
      (lambda (_prompt collection &rest _) (or (choose-from (all-completions "" collection)) (signal 'quit nil))))
(go-to "exmaple")
(setq wanted '("^Change to `example`"))
(call-interactively #'eglot-code-actions)
(waited-for "the fix in the text" (lambda () (has-text "# example: decide(False)")))
(eglot--signal-textDocument/didChange) ; batch mode has no idle timers
(waited-for "no such finding" (lambda () (not (finds "exmaple"))))
(go-to "def decide")
(setq wanted '("^Compile decide"))
(call-interactively #'eglot-code-actions)
(waited-for "a candidate that waits"
            (lambda ()
              (seq-some (lambda (action) (string-prefix-p "Apply the compiled body" (plist-get action :title)))
                        (eglot-code-actions (point) (point)))))
(setq wanted '("^Apply the compiled body"))
(call-interactively #'eglot-code-actions)
(waited-for "the body in the text" (lambda () (has-text "return \"DENY\"")))
(eglot--signal-textDocument/didChange)
(save-buffer)
(waited-for "a lock" #'locked-p)
(eglot-shutdown (eglot-current-server) nil 20)
(princ "done\n")
(kill-emacs 0)
