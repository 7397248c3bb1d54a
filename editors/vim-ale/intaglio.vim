" Vim with ALE: source this after ALE is loaded, for instance from ~/.vim/after/plugin/intaglio.vim.

" The nearest folder with a mark of a workspace, else the file's own.
function! IntaglioRoot(buffer) abort
  let marks = [
  \   ale#path#FindNearestDirectory(a:buffer, '.intaglio'),
  \   ale#path#FindNearestFile(a:buffer, 'intaglio.toml'),
  \   ale#path#FindNearestDirectory(a:buffer, '.git'),
  \]
  let folders = map(filter(marks, '!empty(v:val)'), 'fnamemodify(substitute(v:val, "/$", "", ""), ":h")')
  return get(reverse(sort(folders, {one, other -> len(one) - len(other)})), 0, expand('#' . a:buffer . ':p:h'))
endfunction

" Trust what you open: bodies may be compiled and run. Leave the options out, and Intaglio only reads and verifies.
call ale#linter#Define('python', {
\   'name': 'intaglio',
\   'lsp': 'stdio',
\   'executable': 'intaglio',
\   'command': '%e lsp',
\   'project_root': function('IntaglioRoot'),
\   'initialization_options': {'trusted': v:true},
\})
