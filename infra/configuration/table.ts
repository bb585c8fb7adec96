import { meanings } from './meanings.ts'
import type { Variable } from './read-variables.ts'

const begin = '<!-- configuration: made by `npm run document` from the code -->'
const end = '<!-- configuration ends -->'

/** Names that many processes read, listed once. */
const allControl = ['policy', 'audit', 'lineage', 'export']

/** @throws when a variable has no meaning, or a meaning has no variable. */
export function configurationTable(variables: Variable[]): string {
  const unknown = variables.filter(({ name }) => !meanings[name]).map(({ name }) => name)
  if (unknown.length > 0)
    throw new Error(`infra/configuration/meanings.ts does not say what these mean: ${unknown.join(', ')}`)
  const gone = Object.keys(meanings).filter((name) => !variables.some((variable) => variable.name === name))
  if (gone.length > 0)
    throw new Error(`infra/configuration/meanings.ts lists variables that nothing reads: ${gone.join(', ')}`)
  const rows = variables.map(
    (variable) =>
      `| \`${variable.name}\` | ${readersOf(variable)} | ${defaultOf(variable)} | ${meanings[variable.name]} |`,
  )
  return ['| variable | read by | default | meaning |', '|---|---|---|---|', ...rows].join('\n')
}

/** The document with its table made new. @throws when it has no place for one. */
export function withTable(document: string, table: string): string {
  const from = document.indexOf(begin)
  const to = document.indexOf(end)
  if (from < 0 || to < from) throw new Error(`The document has no place for the table: ${begin} … ${end}`)
  return `${document.slice(0, from)}${begin}\n${table}\n${document.slice(to)}`
}

function readersOf({ readers }: Variable): string {
  if (!allControl.every((name) => readers.includes(name))) return readers.join(', ')
  const others = readers.filter((name) => !allControl.includes(name))
  return ['control APIs', ...others].join(', ')
}

function defaultOf({ default: value, isRequired }: Variable): string {
  if (value !== undefined) return `\`${value}\``
  return isRequired ? 'required' : ''
}
