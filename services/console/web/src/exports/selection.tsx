import type { Schemas } from '../api/schemas.ts'
import { quoted } from '../traffic/filters.ts'
import { Field } from '../ui/field.tsx'

export type Selection = Schemas['Erasure']['selection']

/** What names exchanges, with the option of the CLI for it. */
export const names = [
  ['exchange', 'Exchange', '--exchange'],
  ['session', 'Session', '--session'],
  ['caller', 'Caller, key:ID or credential:FINGERPRINT', '--caller'],
  ['agent', 'Agent', '--agent'],
  ['tag', 'Tag', '--tag'],
] as const
const days = [
  ['from', 'Requested from', '--from'],
  ['until', 'Until before', '--to'],
] as const

/** Names exchanges, for an erasure or a hold: all that is filled in must apply. */
export function SelectionFields({
  given,
  change,
}: {
  given: Record<string, string>
  change: (name: string, value: string) => void
}) {
  return (
    <div className="grid grid-cols-1 gap-3 sm:grid-cols-2 lg:grid-cols-4">
      {[...names, ...days].map(([name, title]) => (
        <Field
          key={name}
          name={title}
          type={name === 'from' || name === 'until' ? 'date' : 'text'}
          value={given[name] ?? ''}
          onChange={({ target }) => change(name, target.value)}
        />
      ))}
    </div>
  )
}

export function selectionOf(given: Record<string, string>): Selection {
  const named = names.flatMap(([name]) => (given[name]?.trim() ? [[name, given[name].trim()]] : []))
  const timed = days.flatMap(([name]) => (given[name] ? [[name, `${given[name]}T00:00:00.000Z`]] : []))
  return Object.fromEntries([...named, ...timed])
}

export function textOf(selection: Selection): string {
  return Object.entries(selection)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')
}

/** The same for the CLI, whose last day is included. */
export function optionsOf(given: Record<string, string>): string {
  return [...names, ...days]
    .flatMap(([name, , option]) => {
      const value = given[name]?.trim()
      if (!value) return []
      return [` ${option} ${quoted(name === 'until' ? dayBefore(value) : value)}`]
    })
    .join('')
}

function dayBefore(day: string): string {
  return new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10)
}
