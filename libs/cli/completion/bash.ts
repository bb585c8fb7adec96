import type { CompletionLevel } from './describe-commands.ts'

/** Completes commands, options and files; needs nothing but bash. */
export function bashCompletion(levels: CompletionLevel[]): string {
  const names = levels.filter(({ path }) => path.length > 0).map(({ path }) => path.join(' '))
  const valued = levels.flatMap(({ options }) => options.filter(({ takesValue }) => takesValue))
  const files = new Set(valued.filter(({ isFile }) => isFile).flatMap(({ flags }) => flags))
  const plain = new Set(valued.filter(({ isFile }) => !isFile).flatMap(({ flags }) => flags))
  return `# bash completion for airs
_airs() {
  local cur=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} path= words= options= files= index word
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    case $word in
      ${pattern([...plain, ...files])}) ((index++)); continue ;;
      -*) continue ;;
    esac
    case "\${path:+$path }$word" in
      ${names.map((name) => `'${name}'`).join(' | ')}) path="\${path:+$path }$word" ;;
    esac
  done
  case $previous in
    ${pattern(files)}) _airs_files "$cur"; return ;;
    ${pattern(plain)}) COMPREPLY=(); return ;;
  esac
  case $path in
${levels.map(caseOf).join('\n')}
  esac
  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$cur"))
  elif [[ $files ]]; then
    _airs_files "$cur"
  else
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
  fi
}
_airs_files() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -f -- "$1"))
  compopt -o filenames 2>/dev/null
}
complete -F _airs airs`
}

function pattern(flags: Iterable<string>): string {
  return [...flags].join(' | ')
}

function caseOf({ path, words, options, takesFile }: CompletionLevel): string {
  const flags = options.flatMap(({ flags }) => flags)
  const names = words.map(({ word }) => word)
  return `    '${path.join(' ')}') words='${names.join(' ')}' options='${flags.join(' ')}'${takesFile ? ' files=yes' : ''} ;;`
}
