" Vim with ALE and the configuration of editors/vim-ale: a finding, its fix, a compile and a lock, by code actions.
set nocompatible
filetype plugin on
set noswapfile
let &runtimepath .= ',/usr/share/vim-ale'
let g:ale_linters = {'python': ['intaglio']}
let g:ale_history_log_output = 1
runtime plugin/ale.vim

function! Say(text) abort
  call writefile([a:text], $INTAGLIO_LOG, 'a')
endfunction

function! Eventually(what, predicate) abort
  let end = reltimefloat(reltime()) + 90
  while !eval(a:predicate)
    if reltimefloat(reltime()) > end
      call Say('waited for: ' . a:what)
      call Say(string(ale#engine#GetLoclist(bufnr(''))))
      call Say(execute('messages'))
      call Say(string(get(g:, 'menus', [])))
      call Say(join(getline(1, '$'), "\n"))
      cquit 1
    endif
    sleep 20m
  endwhile
  call Say('- ' . a:what)
endfunction

function! Finds(pattern) abort
  return !empty(filter(copy(ale#engine#GetLoclist(bufnr(''))), 'v:val.text =~# a:pattern'))
endfunction

source $INTAGLIO_CONFIGURATION
edit claims.py
ALELint
call Eventually('the finding of the misspelt directive', 'Finds("exmaple")')
" A person who chooses from ALE's menu of code actions.
let g:wanted = ''
let g:menus = []
function! Choose(prompt, default, ...) abort
  call add(g:menus, a:prompt)
  return matchstr(a:prompt, '\v(\d+)\ze\) ' . g:wanted)
endfunction
runtime autoload/ale/util.vim
function! ale#util#Input(message, value, ...) abort
  return Choose(a:message, a:value)
endfunction

" Ask for the menu at a pattern, and choose a title; whether it was there.
function! Act(pattern, title) abort
  let g:menus = []
  let g:wanted = a:title
  call search(a:pattern, 'w')
  ALECodeAction
  let end = reltimefloat(reltime()) + 10
  while empty(g:menus) && reltimefloat(reltime()) < end
    sleep 20m
  endwhile
  return join(g:menus, "\n") =~# a:title
endfunction

call Eventually('the action that mends it', 'Act("exmaple", "Change to")')
call Eventually('the fix in the text', 'search("# example: decide(False)", "nw") > 0')
ALELint
call Eventually('no such finding', '!Finds("exmaple")')
call Eventually('the action that compiles', 'Act("def decide", "Compile decide")')
call Eventually('the action that applies what passed', 'Act("def decide", "Apply the compiled body of decide")')
call Eventually('the body in the text', 'search(''return "DENY"'', "nw") > 0')
write
call Eventually('a lock', 'filereadable(".intaglio/locks/claims.py.toml")')
call Say('done')
qall!
