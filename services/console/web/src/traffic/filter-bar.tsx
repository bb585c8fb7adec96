import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useRefusal } from '../login/permissions.ts'
import { useKeys } from '../shell/shortcuts.ts'
import { Icon } from '../ui/icon.tsx'
import { type FilterName, type Filters, filterNames } from './filters.ts'
import { valuesQuery } from './queries.ts'

const offered: readonly FilterName[] = [
  'decision',
  'state',
  'status',
  'agent',
  'model',
  'provider',
  'key',
  'tag',
  'policy',
  'verdict',
  'finding',
]

/** Of filters whose values are the same everywhere. */
const fixedValues: Partial<Record<FilterName, string[]>> = {
  verdict: ['enforced', 'observed'].flatMap((part) => [
    part,
    ...['redact', 'throttle', 'block', 'quarantine'].map((action) => `${action}:${part}`),
  ]),
}

/** Filters stand in the address, so that a view can be sent to a colleague. */
export function FilterBar({ filters, change }: { filters: Filters; change: (filters: Filters) => void }) {
  const refusal = useRefusal('read content')
  const [text, setText] = useState(filters.text ?? '')
  const input = useRef<HTMLInputElement>(null)
  const { data: values = {} } = useQuery(valuesQuery)
  useEffect(() => setText(filters.text ?? ''), [filters.text])
  useKeys({
    '/': (event) => {
      event.preventDefault()
      input.current?.focus()
    },
  })
  const without = (name: FilterName) =>
    Object.fromEntries(Object.entries(filters).filter(([key]) => key !== name))
  return (
    <search className="flex flex-wrap items-center gap-2">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          change({ ...without('text'), ...(text.trim() && { text: text.trim() }) })
        }}
        className="flex h-7 w-72 max-w-full items-center gap-1.5 rounded border border-line bg-panel px-2 focus-within:border-accent"
      >
        <Icon name="search" size={14} />
        <input
          ref={input}
          value={text}
          disabled={refusal !== undefined}
          title={refusal ?? 'Words, "a phrase", -not. Enter searches (/)'}
          aria-label="Words that were said"
          placeholder={refusal ? 'Searching needs the role reader' : 'Words that were said'}
          onChange={({ target }) => setText(target.value)}
          onKeyDown={({ key }) => key === 'Escape' && input.current?.blur()}
          className="min-w-0 grow bg-transparent outline-none placeholder:text-muted"
        />
      </form>
      <select
        aria-label="Add a filter"
        value=""
        onChange={({ target }) => {
          const [name, ...value] = target.value.split('=')
          change({ ...filters, [name as FilterName]: value.join('=') })
        }}
        className="h-7 w-28 rounded border border-line bg-panel px-1.5 text-muted hover:bg-raised"
      >
        <option value="">Add a filter</option>
        {offered.map((name) => (
          <optgroup key={name} label={filterNames[name]}>
            {(values[name] ?? fixedValues[name] ?? []).map((value) => (
              <option key={value} value={`${name}=${value}`}>
                {value}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
      {Object.entries(filters).map(([name, value]) => (
        <button
          key={name}
          type="button"
          onClick={() => change(without(name as FilterName))}
          title="Remove this filter"
          className="flex h-7 max-w-72 items-center gap-1.5 rounded border border-line bg-raised px-2 hover:border-muted"
        >
          <span className="text-muted">{filterNames[name as FilterName]}</span>
          <span className="truncate font-medium">{value}</span>
          <span className="sr-only">, remove this filter</span>
          <Icon name="close" size={12} />
        </button>
      ))}
      {Object.keys(filters).length > 1 && (
        <button
          type="button"
          onClick={() => change({})}
          className="h-7 rounded px-1.5 text-muted hover:text-ink"
        >
          Clear
        </button>
      )}
    </search>
  )
}
