-- SPDX-License-Identifier: Apache-2.0
-- Tailnet policies in Neovim 0.7 and later: a file for the plugin/ folder of the configuration. Needs `aclc` on the PATH.
-- :AclcTests runs the policy's tests, failures go to the quickfix list; :AclcWhy SRC DST[:PORT] says which rule decides.

local group = vim.api.nvim_create_augroup('aclc', {clear = true})

vim.api.nvim_create_autocmd({'BufRead', 'BufNewFile'}, {
  group = group,
  pattern = '*.hujson',
  callback = function(args)
    vim.bo[args.buf].filetype = 'hujson'
    vim.bo[args.buf].syntax = 'jsonc'
    vim.bo[args.buf].commentstring = '// %s'
  end,
})

--- Asks one of the server's commands about the current buffer; `done` gets its data. What it means in a line the server says itself.
local function ask(command, arguments, done)
  table.insert(arguments, 1, vim.uri_from_bufnr(0))
  vim.lsp.buf_request(0, 'workspace/executeCommand', {command = command, arguments = arguments}, function(err, result)
    if err then
      vim.notify('aclc: ' .. err.message, vim.log.levels.ERROR)
    elseif result then
      done(result)
    end
  end)
end

local function tests()
  local name = vim.api.nvim_buf_get_name(0)
  ask('aclc.runAllTests', {}, function(results)
    local failures = {}
    for _, test in ipairs(results.tests) do
      for _, a in ipairs(test.assertions) do
        if not a.passed then
          local from = a.range.start
          table.insert(failures, {
            filename = name, lnum = from.line + 1, col = from.character + 1, type = 'E',
            text = a.source .. ' -> ' .. a.destination .. ': ' .. a.message,
          })
        end
      end
    end
    vim.fn.setqflist({}, 'r', {title = 'tests of the policy', items = failures})
    if #failures > 0 then vim.cmd('copen') end
  end)
end

local function why(src, dst)
  local host, port = dst:match('^%[(.+)%]:(%d+)$')
  if not host then host, port = dst:match('^(.*[^:]):(%d+)$') end
  -- An IPv6 address without brackets has colons, and no port.
  if not host or host:match(':.*:') then host, port = dst, nil end
  ask('aclc.trace', {src, host, port and tonumber(port)}, function() end)
end

local function refresh_lenses(buf)
  if not vim.api.nvim_buf_is_loaded(buf) then return end
  -- Before 0.10 only the lenses of the current buffer can be asked for.
  vim.api.nvim_buf_call(buf, function() vim.lsp.codelens.refresh() end)
end

local function on_attach(client, buf)
  local function map(keys, what) vim.keymap.set('n', keys, what, {buffer = buf, silent = true}) end
  vim.bo[buf].omnifunc = 'v:lua.vim.lsp.omnifunc'
  map('gd', vim.lsp.buf.definition)
  map('K', vim.lsp.buf.hover)
  map('grr', vim.lsp.buf.references)
  map('grn', vim.lsp.buf.rename)
  map('gra', vim.lsp.buf.code_action)
  map('grx', vim.lsp.codelens.run)
  vim.api.nvim_buf_create_user_command(buf, 'AclcTests', tests, {})
  vim.api.nvim_buf_create_user_command(buf, 'AclcWhy', function(o) why(o.fargs[1], o.fargs[2] or '') end, {nargs = '+'})
  if vim.lsp.inlay_hint and vim.lsp.inlay_hint.enable and client.server_capabilities.inlayHintProvider then
    pcall(vim.lsp.inlay_hint.enable, true, {bufnr = buf})
  end
  refresh_lenses(buf)
  vim.api.nvim_create_autocmd({'BufEnter', 'TextChanged', 'InsertLeave', 'BufWritePost'}, {
    group = group, buffer = buf, callback = function() refresh_lenses(buf) end,
  })
end

--- Lenses tell of tests and counts, which come a while after an edit: the server says when, if it is told that somebody listens.
local capabilities = vim.lsp.protocol.make_client_capabilities()
capabilities.workspace.codeLens = {refreshSupport = true}
local handlers = {
  ['window/showMessage'] = function(_, shown)
    vim.notify('aclc: ' .. shown.message, shown.type <= 2 and vim.log.levels.WARN or vim.log.levels.INFO)
  end,
  ['workspace/codeLens/refresh'] = function(_, _, context)
    for buf in pairs(vim.lsp.get_client_by_id(context.client_id).attached_buffers) do refresh_lenses(buf) end
    return vim.NIL
  end,
}

local clients = {}  -- for 0.7, which has no vim.lsp.start: folder -> client

vim.api.nvim_create_autocmd('FileType', {
  group = group,
  pattern = 'hujson',
  callback = function(args)
    local folder = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(args.buf), ':p:h')
    local config = {
      name = 'aclc', cmd = {'aclc', 'lsp'}, root_dir = folder, on_attach = on_attach, settings = {aclc = {}},
      capabilities = capabilities, handlers = handlers,
    }
    if vim.fn.executable('aclc') == 0 then
      vim.notify('aclc: the program `aclc` is not on the PATH', vim.log.levels.WARN)
    elseif vim.lsp.start then
      vim.lsp.start(config)
    else
      if not clients[folder] or not vim.lsp.get_client_by_id(clients[folder]) then
        clients[folder] = vim.lsp.start_client(config)
      end
      vim.lsp.buf_attach_client(args.buf, clients[folder])
    end
  end,
})
