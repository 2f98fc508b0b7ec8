-- SPDX-License-Identifier: Apache-2.0
-- A session of Neovim's own client with `aclc lsp`: nvim --headless -u NONE -i NONE -n -S neovim.lua
-- Environment: ACLC the program, FOLDER an empty folder. Quits with status 1 at the first thing that is not as it should be.
local aclc, folder = os.getenv('ACLC'), os.getenv('FOLDER')
local path = folder .. '/policy.hujson'
local wait = 60000

local function say(text) io.stdout:write(text .. '\n') end
local function fail(text)
  say('FAIL  ' .. text)
  vim.cmd('cquit 1')
end
local function expect(what, ok, seen)
  if not ok then fail(what .. ': ' .. vim.inspect(seen)) end
  say('ok    ' .. what)
end
local function lines() return vim.api.nvim_buf_get_lines(0, 0, -1, false) end
local function text() return table.concat(lines(), '\n') end
-- The zero-based line and byte column of a piece of text, or of its nth place.
local function find(piece, nth)
  local seen = 0
  for number, line in ipairs(lines()) do
    local at = 1
    while true do
      local first = line:find(piece, at, true)
      if not first then break end
      seen = seen + 1
      if seen == (nth or 1) then return number - 1, first - 1 end
      at = first + 1
    end
  end
  fail('the buffer has no `' .. piece .. '`')
end
local function move_to(piece, delta, nth)
  local line, column = find(piece, nth)
  vim.api.nvim_win_set_cursor(0, {line + 1, column + (delta or 0)})
end
local function replace(piece, by)
  local line, column = find(piece)
  vim.api.nvim_buf_set_text(0, line, column, line, column + #piece, {by})
end
local function codes()
  local out = {}
  for _, d in ipairs(vim.diagnostic.get(0)) do table.insert(out, d.code) end
  return table.concat(out, ' ')
end
local function request(method, params)
  local answers = vim.lsp.buf_request_sync(0, method, params or vim.lsp.util.make_position_params(), wait)
  for _, answer in pairs(answers or {}) do return answer.result end
end

local file = io.open(path, 'w')
file:write([[
{
  // Leute, die bauen: "größe" 😀
  "groups": {"group:eng": ["ann@example.com", "bob@example.com"]},
  "tagOwners": {"tag:prod": ["group:eng"]},
  "hosts": {"büro": "192.0.2.0/24"},
  "acls": [
    {"action": "accept", "src": ["group:eng"], "dst": ["büro:22", "tag:prdo:443"]},
  ],
  "tests": [{"src": "ann@example.com", "accept": ["tag:prod:443"]}],
}
]])
file:close()
-- What lint says about tests is not what this is about.
file = assert(io.open(folder .. '/.aclc.hujson', 'w'))
file:write('{"levels": {"tests": "off"}}')
file:close()

vim.cmd('edit ' .. vim.fn.fnameescape(path))
local status
local id = vim.lsp.start_client({cmd = {aclc, 'lsp'}, root_dir = folder, on_exit = function(code) status = code end})
vim.lsp.buf_attach_client(0, id)

vim.wait(wait, function() return codes() ~= '' end)
expect('diagnostics', codes() == 'unknown-tag', codes())
local found = vim.diagnostic.get(0)[1]
local line, column = find('tag:prdo')
expect('their place, after characters of many bytes', found.lnum == line and found.col == column and found.end_col == column + 8, found)

replace('prdo', 'prod')
vim.wait(wait, function() return codes() == '' end)
expect('an edit mends them', codes() == '', codes())
replace('"tag:prod:443"]}]', '"tag:prod:80"]}]')
vim.wait(wait, function() return codes() ~= '' end)
expect('the tests are run', codes() == 'test-failed', codes())
replace('"tag:prod:80"]}]', '"tag:prod:443"]}]')
vim.wait(wait, function() return codes() == '' end)

replace('"tag:prod:443"]},', '"tag:prod:443", "tag:"]},')
move_to('"tag:"', 5)
local labels = {}
for _, item in ipairs(request('textDocument/completion').items) do table.insert(labels, item.label) end
expect('completion without snippets', vim.tbl_contains(labels, 'tag:prod'), labels)
replace(', "tag:"', '')

move_to('group:eng', 2, 2)
vim.lsp.buf.hover()
local shown
vim.wait(wait, function()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then
      shown = table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false), ' ')
    end
  end
  return shown ~= nil
end)
expect('hover', shown and shown:find('2 members', 1, true) and shown:find('bob@example.com', 1, true), shown)

vim.lsp.buf.definition()
local wanted = find('"group:eng": [')
vim.wait(wait, function() return vim.api.nvim_win_get_cursor(0)[1] == wanted + 1 end)
expect('definition', vim.api.nvim_win_get_cursor(0)[1] == wanted + 1, vim.api.nvim_win_get_cursor(0))

move_to('group:eng', 7)
vim.lsp.buf.rename('builders')
vim.wait(wait, function() return not text():find('group:eng', 1, true) end)
local _, places = text():gsub('group:builders', '')
expect('rename', places == 3 and not text():find('group:eng', 1, true), text())

vim.wait(wait, function() return codes() == '' end)
local symbols = request('textDocument/documentSymbol', {textDocument = vim.lsp.util.make_text_document_params()})
expect('symbols', #symbols == 5 and symbols[1].name == 'groups' and symbols[1].children[1].name == 'group:builders', symbols)

vim.cmd('write')
local formatted = vim.fn.system({aclc, 'fmt', path})
vim.lsp.buf.formatting_sync({}, wait)
expect('formatting as `aclc fmt` does it', text() .. '\n' == formatted, text())

vim.lsp.stop_client(id)
vim.wait(wait, function() return status ~= nil end)
expect('shutdown', status == 0, status)
vim.cmd('qall!')
