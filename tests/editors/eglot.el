;;; A session of Emacs's eglot with `aclc lsp'.  -*- lexical-binding: t -*-
;; SPDX-License-Identifier: Apache-2.0
;; emacs -q --batch -l eglot.el, with ACLC (the program) and FOLDER (an empty folder) in the environment.
;; Exits with status 1 at the first thing that is not as it should be.

(package-initialize)
(require 'eglot)
(require 'js)

(defvar aclc (getenv "ACLC"))
(defvar path (expand-file-name "policy.hujson" (getenv "FOLDER")))
(defvar patience 60)
(setq eglot-sync-connect patience
      eglot-connect-timeout patience
      eglot-confirm-server-initiated-edits nil
      eglot-autoshutdown nil
      jsonrpc-default-request-timeout patience
      make-backup-files nil
      create-lockfiles nil)

(define-derived-mode hujson-mode js-mode "HuJSON")
(add-to-list 'auto-mode-alist '("\\.hujson\\'" . hujson-mode))
(add-to-list 'eglot-server-programs `(hujson-mode . (,aclc "lsp")))

(defun expect (what ok &optional seen)
  (message "%s  %s%s" (if ok "ok  " "FAIL") what (if ok "" (format ": %S" seen)))
  (unless ok (kill-emacs 1)))

(defun await (condition)
  "Let the server speak until CONDITION holds or patience ends; what it gave last."
  (let ((end (+ (float-time) patience)) found)
    (while (and (not (setq found (funcall condition))) (< (float-time) end))
      (accept-process-output nil 0.05))
    found))

(defun codes ()
  (flymake-start)
  (mapcar (lambda (d) (cdr (assq 'eglot-lsp-diag (flymake-diagnostic-data d)))) (flymake-diagnostics)))
(defun texts () (mapcar #'flymake-diagnostic-text (flymake-diagnostics)))

(defun change (from to)
  (goto-char (point-min))
  (search-forward from)
  (replace-match to t t)
  ;; Batch Emacs has no idle time: say now what changed.
  (eglot--signal-textDocument/didChange))

(defun ask (method &rest more)
  (jsonrpc-request (eglot--current-server-or-lose) method (append (eglot--TextDocumentPositionParams) more)))

;; What lint says about tests is not what this is about.
(with-temp-file (expand-file-name ".aclc.hujson" (file-name-directory path))
  (insert "{\"levels\": {\"tests\": \"off\"}}"))
(with-temp-file path
  (insert "{
  // Leute, die bauen: größe 😀
  \"groups\": {\"group:eng\": [\"ann@example.com\", \"bob@example.com\"]},
  \"tagOwners\": {\"tag:prod\": [\"group:eng\"]},
  \"acls\": [
    {\"action\": \"accept\", \"src\": [\"group:eng\"], \"dst\": [\"tag:prdo:443\"]},
  ],
}
"))

(let ((coding-system-for-write 'utf-8)) (find-file path))
(apply #'eglot (eglot--guess-contact))
(expect "connected" (eglot-managed-p))

(expect "diagnostics"
        (await (lambda () (flymake-start) (cl-some (lambda (text) (string-match-p "tag:prdo" text)) (texts))))
        (texts))
(change "tag:prdo" "tag:prod")
(expect "an edit mends them" (await (lambda () (flymake-start) (null (texts)))) (texts))

(goto-char (point-min))
(search-forward "\"tag:prod:")
(backward-char 6)
(let ((labels (mapcar (lambda (item) (plist-get item :label)) (plist-get (ask :textDocument/completion) :items))))
  (expect "completion" (member "tag:prod" labels) labels))

(goto-char (point-min))
(search-forward "\"src\": [\"group:e")
(let ((hover (format "%S" (ask :textDocument/hover))))
  (expect "hover" (string-match-p "2 members" hover) hover))

(let ((found (xref-backend-definitions 'eglot (xref-backend-identifier-at-point 'eglot))))
  (expect "definition" (and (= 1 (length found)) (= 3 (xref-location-line (xref-item-location (car found))))) found))

(eglot-rename "builders")
(expect "rename"
        (await (lambda () (= 3 (how-many "group:builders" (point-min) (point-max)))))
        (buffer-string))
(eglot--signal-textDocument/didChange)

(let ((coding-system-for-write 'utf-8)) (save-buffer))
(let ((formatted (with-temp-buffer
                   (let ((coding-system-for-read 'utf-8)) (call-process aclc nil t nil "fmt" path))
                   (buffer-string))))
  (eglot-format-buffer)
  (expect "formatting as `aclc fmt' does it" (equal formatted (buffer-string)) (buffer-string)))

;; What `eglot-shutdown' does, but for killing a server that takes longer than an instant to leave.
(let* ((server (eglot-current-server))
       (process (jsonrpc--process server)))
  (setf (eglot--shutdown-requested server) t)
  (jsonrpc-request server :shutdown nil)
  (jsonrpc-notify server :exit nil)
  (expect "shutdown" (await (lambda () (and (eq 'exit (process-status process)) (eql 0 (process-exit-status process)))))
          (list (process-status process) (process-exit-status process))))
(set-buffer-modified-p nil)
(kill-emacs 0)
