;; Emacs with lsp-mode and the configuration of editors/emacs: a finding, its fix, a compile and a lock, by code actions.  -*- lexical-binding: t; -*-
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
(defun choose-with (collection title-of)
  "What the person chooses of COLLECTION, whose titles TITLE-OF gives."
  (let ((titled (mapcar (lambda (one) (cons (funcall title-of one) one)) collection)))
    (or (cdr (assoc (choose-from (mapcar #'car titled)) titled)) (signal 'quit nil))))
(fset 'lsp--completing-read
      (lambda (_prompt collection transform &rest _) (choose-with collection transform)))
(fset 'completing-read
      (lambda (_prompt collection &rest _) (or (choose-from (all-completions "" collection)) (signal 'quit nil))))
(setq lsp-auto-execute-action nil)
(go-to "exmaple")
(setq wanted '("^Change to `example`"))
(call-interactively #'lsp-execute-code-action)
(waited-for "the fix in the text" (lambda () (has-text "# example: decide(False)")))
(waited-for "no such finding" (lambda () (not (finds "exmaple"))))
(go-to "def decide")
(setq wanted '("^Compile decide"))
(call-interactively #'lsp-execute-code-action)
(waited-for "a candidate that waits"
            (lambda ()
              (seq-some (lambda (action) (string-prefix-p "Apply the compiled body" (lsp:code-action-title action)))
                        (lsp-code-actions-at-point))))
(setq wanted '("^Apply the compiled body"))
(call-interactively #'lsp-execute-code-action)
(waited-for "the body in the text" (lambda () (has-text "return \"DENY\"")))
(save-buffer)
(waited-for "a lock" #'locked-p)
(princ "done\n")
(kill-emacs 0)
