import type { Span } from '../shell/time-range.ts'

/** What traffic can be filtered by, as the API and the address name it. */
export const filterNames = {
  text: 'said',
  decision: 'decision',
  state: 'state',
  status: 'status',
  agent: 'agent',
  model: 'model',
  provider: 'provider',
  key: 'key',
  credential: 'credential',
  tag: 'tag',
  policy: 'policy',
  verdict: 'asked for',
  finding: 'finding',
  session: 'session',
} as const

export type FilterName = keyof typeof filterNames
export type Filters = Partial<Record<FilterName, string>>

export function filtersOf(search: Record<string, unknown>): Filters {
  return Object.fromEntries(
    Object.keys(filterNames).flatMap((name) => {
      const value = search[name]
      return typeof value === 'string' && value !== '' ? [[name, value]] : []
    }),
  )
}

/** The same view for the CLI. */
export function cliOf({ text, ...filters }: Filters, { from, until }: Span): string {
  const to = until === undefined ? '' : ` --to ${lastInstant(until)}`
  const options = Object.entries(filters).map(([name, value]) => ` --${name} ${quoted(value)}`)
  return `npx airs exchanges ${text === undefined ? 'list' : `search ${quoted(text)}`}${options.join('')} --from ${from}${to}`
}

/** Where the CLI and exports include the end: the last instant before a time that is not included. */
export function lastInstant(until: string): string {
  return new Date(Date.parse(until) - 1).toISOString()
}

export function apiOf(filters: Filters, span: Span): string {
  return `/v1/exchanges?${new URLSearchParams({ ...span, ...filters })}`
}

/** A value as an argument of a shell. */
export function quoted(value: string): string {
  return /^[\w.:@/-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`
}
