/**
 * The scripts that teach a shell to ask looop itself what a word may become: `looop complete -- words…` prints one candidate a line,
 * a tab and its summary behind it, or the line `:files`. They need nothing but the shell, call looop by the word that was typed
 * (so that a path works too), and hand the words on as arguments: nothing that was typed is evaluated.
 */
export const ZSH = `#compdef looop
# Completions of looop for zsh.

_looop() {
  local line program=\${(Q)words[1]}
  [[ $program == '~/'* ]] && program=$HOME/\${program#'~/'}
  local -a items
  for line in "\${(@f)$("$program" complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ $line == ':files' ]]; then
      _files
      return
    fi
    [[ -n $line ]] && items+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  (( $#items )) && _describe -t looop 'looop' items
}

if [[ \${funcstack[1]} == _looop ]]; then
  _looop "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }
  compdef _looop looop
fi
`;

/** bash 3.2 and newer; no bash-completion. */
export const BASH = `# Completions of looop for bash.

_looop() {
  local program=$1 word last= line
  local -a words
  case $program in "~/"*) program=$HOME/\${program#"~/"} ;; esac
  # bash takes --option=value apart at the "=": put it together again.
  words=()
  local at
  for ((at = 1; at <= COMP_CWORD; at++)); do
    word=\${COMP_WORDS[at]}
    if [[ $word == = && \${#words[@]} -gt 0 ]] || [[ $last == = && \${#words[@]} -gt 0 ]]; then
      words[\${#words[@]} - 1]+=$word
    else
      words[\${#words[@]}]=$word
    fi
    last=$word
  done
  local typed=\${words[\${#words[@]} - 1]} cut=
  case $typed in --*=*) cut=\${typed%%=*}= ;; esac
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r line; do COMPREPLY[\${#COMPREPLY[@]}]=$line; done < <(compgen -f -- "\${typed#"$cut"}")
      return
    fi
    line=\${line%%$'\\t'*}
    COMPREPLY[\${#COMPREPLY[@]}]=\${line#"$cut"}
  done < <("$program" complete -- "\${words[@]}" 2>/dev/null)
}

complete -F _looop looop
`;

/** fish 3 and newer. */
export const FISH = `# Completions of looop for fish.

function __looop_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    set -l program (string replace -r '^~/' "$HOME/" -- $words[1])
    set -l found ($program complete -- $words[2..-1] "$typed" 2>/dev/null)
    if test "$found[1]" = :files
        # What fish offers behind a command that it knows nothing of: paths.
        complete -C "__looop_paths $typed"
    else if set -q found[1]
        printf '%s\\n' $found
    end
end

complete -c looop -f -a '(__looop_complete)'
`;
