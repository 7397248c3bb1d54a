" Vim with ALE and the configuration of editors/vim-ale: a finding, and what a code action does.
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
  let end = reltimefloat(reltime()) + 40
  while !eval(a:predicate)
    if reltimefloat(reltime()) > end
      call Say('waited for: ' . a:what)
      call Say(string(ale#engine#GetLoclist(bufnr(''))))
      call Say(execute('messages'))
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
call Say('done')
qall!
