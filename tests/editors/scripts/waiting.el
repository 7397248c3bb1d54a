;; What both of Emacs' clients use: waiting, with an end, for what a server does; and a person who chooses from menus.  -*- lexical-binding: t; -*-
(defun waited-for (what predicate)
  "Wait until PREDICATE holds; end Emacs with an error that names WHAT when it does not."
  (let ((end (+ (float-time) 90)) (holds nil))
    (while (and (not (setq holds (funcall predicate))) (< (float-time) end))
      (accept-process-output nil 0.02))
    (unless holds
      (princ (format "waited for: %s\n%s\n" what (buffer-string)) #'external-debugging-output)
      (kill-emacs 1))
    (princ (format "- %s\n" what))
    holds))
(setq make-backup-files nil create-lockfiles nil)

(defvar wanted nil "What the person chooses, in whichever menu it stands: a list of patterns.")
(defvar menus nil "What the person was offered.")

(defun choose-from (titles)
  "The first of TITLES that matches what is wanted; nil leaves the menu."
  (push titles menus)
  (seq-some (lambda (pattern) (seq-find (lambda (title) (string-match-p pattern title)) titles)) wanted))

(defun go-to (text)
  "Put point on TEXT."
  (goto-char (point-min))
  (search-forward text)
  (goto-char (match-beginning 0)))

(defun locked-p ()
  "Whether a lock was written."
  (file-exists-p ".intaglio/locks/claims.py.toml"))

(defun has-text (text)
  "Whether TEXT is in the buffer."
  (save-excursion (goto-char (point-min)) (search-forward text nil t)))
