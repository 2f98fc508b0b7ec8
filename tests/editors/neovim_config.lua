-- SPDX-License-Identifier: Apache-2.0
-- A session of Neovim with the configuration that is shipped: nvim --headless -u NONE -i NONE -n -S neovim_config.lua
-- Environment: CONFIG that file, FOLDER an empty folder; `aclc` is on the PATH. Quits with status 1 where something is not right.
local path = os.getenv('FOLDER') .. '/policy.hujson'
local wait = 60000

local function say(text) io.stdout:write(text .. '\n') end
local function expect(what, ok, seen)
  if ok then return say('ok    ' .. what) end
  say('FAIL  ' .. what .. ': ' .. vim.inspect(seen))
  vim.cmd('cquit 1')
end
local function lenses()
  local out = {}
  for _, lens in ipairs(vim.lsp.codelens.get(vim.api.nvim_get_current_buf())) do table.insert(out, lens.command.title) end
  return out
end
local function lens_comes(title)
  vim.wait(wait, function() return vim.tbl_contains(lenses(), title) end)
  expect('the lens `' .. title .. '`', vim.tbl_contains(lenses(), title), lenses())
end

local file = assert(io.open(path, 'w'))
file:write([[
{
  "tagOwners": {"tag:prod": []},
  "acls": [{"action": "accept", "src": ["ann@example.com"], "dst": ["tag:prod:443"]}],
  "tests": [{"src": "ann@example.com", "accept": ["tag:prod:443"]}],
}
]])
file:close()

vim.cmd('luafile ' .. vim.fn.fnameescape(os.getenv('CONFIG')))
vim.cmd('edit ' .. vim.fn.fnameescape(path))
expect('the file is a policy', vim.bo.filetype == 'hujson', vim.bo.filetype)

-- The tests run when the typing has stopped. Nothing happens here after that: the lens comes by itself.
lens_comes('pass (1/1)')
vim.api.nvim_buf_set_text(0, 3, 60, 3, 63, {'80'})
lens_comes('1 of 1 failed - show trace')
vim.api.nvim_buf_set_text(0, 3, 60, 3, 62, {'443'})
lens_comes('pass (1/1)')

vim.cmd('AclcTests')
local said
vim.notify = function(text) said = text end
vim.wait(wait, function() return said ~= nil end)
expect(':AclcTests', said == 'aclc: 1 of 1 assertions passed', said)
vim.cmd('qall!')
