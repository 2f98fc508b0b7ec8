;;; aclc.el --- Tailnet policies in Emacs, with eglot -*- lexical-binding: t; -*-
;; SPDX-License-Identifier: Apache-2.0
;; Package-Requires: ((emacs "26.1") (eglot "1.9"))

;;; Commentary:
;; A mode for *.hujson and the server for it.  Needs `aclc' in `exec-path'.

;;; Code:
(require 'eglot)
(require 'js)

(defvar aclc-mode-syntax-table
  (let ((table (copy-syntax-table js-mode-syntax-table)))
    ;; Only double quotes make strings.
    (modify-syntax-entry ?' "." table)
    (modify-syntax-entry ?` "." table)
    table))

;;;###autoload
(define-derived-mode aclc-mode prog-mode "Policy"
  "Major mode for tailnet policies (HuJSON)."
  (setq-local comment-start "// " comment-end "" indent-tabs-mode t tab-width 4)
  (setq-local indent-line-function #'js-indent-line js-indent-level 4)
  (setq-local font-lock-defaults
              '((("\"\\(?:[^\"\\\\\n]\\|\\\\.\\)*\"\\s-*:" . font-lock-keyword-face)
                 ("\\_<\\(?:true\\|false\\|null\\)\\_>" . font-lock-constant-face)))))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.hujson\\'" . aclc-mode))
(add-to-list 'eglot-server-programs '(aclc-mode . ("aclc" "lsp")))
(add-hook 'aclc-mode-hook #'eglot-ensure)

(defun aclc--ask (command &rest arguments)
  "The data with which the server answers COMMAND about this buffer."
  (jsonrpc-request (eglot--current-server-or-lose) :workspace/executeCommand
                   (list :command command
                         :arguments (vconcat (list (plist-get (eglot--TextDocumentIdentifier) :uri)) arguments))))

(defun aclc-tests ()
  "Run the policy's tests and show how they fared."
  (interactive)
  (let ((results (aclc--ask "aclc.runAllTests")))
    (with-current-buffer (get-buffer-create "*aclc tests*")
      (let ((inhibit-read-only t))
        (erase-buffer)
        (unless (eq (plist-get results :ran) t)
          (insert (format "the tests did not run: %s\n" (plist-get results :reason))))
        (mapc (lambda (test)
                (mapc (lambda (a)
                        (insert (format "%s  %s -> %s%s  %s\n" (if (eq (plist-get a :passed) t) "ok  " "FAIL")
                                        (plist-get a :source) (plist-get a :destination)
                                        (if (plist-get a :user) (concat " as " (plist-get a :user)) "")
                                        (plist-get a :message))))
                      (plist-get test :assertions)))
              (plist-get results :tests))
        (goto-char (point-min))
        (special-mode))
      (display-buffer (current-buffer)))))

(defun aclc-why (src dst port)
  "Say which rule decides whether SRC may reach DST on PORT."
  (interactive "sWho: \nsWhat: \nnPort: ")
  (message "%s" (plist-get (aclc--ask "aclc.trace" src dst port) :text)))

(provide 'aclc)
;;; aclc.el ends here
