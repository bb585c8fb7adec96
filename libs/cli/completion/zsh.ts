import type { CompletionLevel, CompletionOption } from './describe-commands.ts'

/** Completes commands with their summaries, options and files. */
export function zshCompletion(levels: CompletionLevel[]): string {
  return `#compdef airs
# zsh completion for airs
${levels.map((level) => functionOf(level, levels)).join('\n')}
if [[ $funcstack[1] == _airs ]]; then
  _airs "$@"
else
  compdef _airs airs
fi`
}

function functionOf({ path, words, options, takesFile }: CompletionLevel, levels: CompletionLevel[]): string {
  const specs = options.map(optionSpec)
  const children = words.filter(({ word }) => findChild(levels, path, word))
  if (children.length === 0) {
    const choices = words.length > 0 ? [`'1:choice:(${words.map(({ word }) => word).join(' ')})'`] : []
    const files = takesFile ? [`'*:file:_files'`] : []
    return `${nameOf(path)}() {
  _arguments -s ${[...specs, ...choices, ...files].join(' \\\n    ')}
}`
  }
  return `${nameOf(path)}() {
  local context state state_descr line
  typeset -A opt_args
  _arguments -s -C ${[...specs, "'1:command:->command'", "'*::argument:->argument'"].join(' \\\n    ')}
  case $state in
    command)
      local -a commands=(${children.map(({ word, summary }) => quote(`${word}:${summary}`)).join(' ')})
      _describe command commands ;;
    argument)
      case $line[1] in
${children.map(({ word }) => `        ${word}) ${nameOf([...path, word])} ;;`).join('\n')}
      esac ;;
  esac
}`
}

function findChild(levels: CompletionLevel[], path: string[], word: string): CompletionLevel | undefined {
  const name = [...path, word].join(' ')
  return levels.find((level) => level.path.join(' ') === name)
}

function nameOf(path: string[]): string {
  return ['_airs', ...path].join('_')
}

function optionSpec({ flags, summary, takesValue, isFile }: CompletionOption): string {
  const text = `[${summary.replace(/[[\]\\:]/g, '\\$&')}]`
  const value = takesValue ? (isFile ? ':file:_files' : ':value:') : ''
  const [only] = flags
  if (flags.length === 1) return quote(`${only}${text}${value}`)
  return `'(${flags.join(' ')})'{${flags.join(',')}}${quote(`${text}${value}`)}`
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
