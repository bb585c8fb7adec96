import type { CompletionLevel } from './describe-commands.ts'

/** Completes commands with their summaries, options and files. */
export function fishCompletion(levels: CompletionLevel[]): string {
  const valued = levels.flatMap(({ options }) => options.filter(({ takesValue }) => takesValue))
  const flags = [...new Set(valued.flatMap(({ flags }) => flags))]
  return `# fish completion for airs
function __airs_path --description 'The commands and arguments given so far, without options'
    set -l path
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip -eq 1
            set skip 0
        else if contains -- $word ${flags.join(' ')}
            set skip 1
        else if not string match -q -- '-*' $word
            set -a path $word
        end
    end
    echo "$path"
end
function __airs_at --description 'Whether they are exactly these'
    test (__airs_path) = "$argv"
end
function __airs_under --description 'Whether they begin with these'
    string match -q -- "$argv *" (__airs_path)' '
end
complete -c airs -f
${levels.flatMap(linesOf).join('\n')}`
}

function linesOf({ path, words, options, takesFile }: CompletionLevel): string[] {
  const at = `-n '__airs_at ${path.join(' ')}'`
  const under = `-n '${path.length === 0 ? '__airs_at' : `__airs_under ${path.join(' ')}`}'`
  return [
    ...words.map(({ word, summary }) => `complete -c airs ${at} -a ${word} -d ${quote(summary)}`),
    ...options.map(({ flags, summary, takesValue, isFile }) => {
      const names = flags.map((flag) =>
        flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
      )
      const value = takesValue ? (isFile ? ' -r -F' : ' -x') : ''
      return `complete -c airs ${under} ${names.join(' ')}${value} -d ${quote(summary)}`
    }),
    ...(takesFile ? [`complete -c airs ${under} -F`] : []),
  ]
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
