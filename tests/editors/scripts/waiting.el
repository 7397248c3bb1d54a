;; What both of Emacs' clients use: waiting, with an end, for what a server does.
(defun waited-for (what predicate)
  "Wait until PREDICATE holds; end Emacs with an error that names WHAT when it does not."
  (let ((end (+ (float-time) 40)) (holds nil))
    (while (and (not (setq holds (funcall predicate))) (< (float-time) end))
      (accept-process-output nil 0.02))
    (unless holds
      (princ (format "waited for: %s\n%s\n" what (buffer-string)) #'external-debugging-output)
      (kill-emacs 1))
    (princ (format "- %s\n" what))
    holds))
(setq make-backup-files nil create-lockfiles nil)
