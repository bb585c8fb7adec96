import { useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { api, read } from '../api/client.ts'
import { queryClient } from '../api/query-client.ts'
import type { ExportRequest } from '../api/schemas.ts'
import { useRefusal } from '../login/permissions.ts'
import { spanOf, useRange } from '../shell/time-range.ts'
import {
  type FilterName,
  type Filters,
  filterNames,
  filtersOf,
  lastInstant,
  quoted,
} from '../traffic/filters.ts'
import { Button } from '../ui/button.tsx'
import { Snippet } from '../ui/copy.tsx'
import { Choice, Field } from '../ui/field.tsx'
import { Problem } from '../ui/problem.tsx'

const kinds = [
  ['events', 'Events'],
  ['sessions', 'Sessions'],
  ['decisions', 'Decisions'],
] as const

type Kind = 'events' | 'sessions' | 'decisions'
type Format = 'jsonl' | 'csv'
type Compression = 'none' | 'gzip' | 'zstd'

/** Fields that are always there; those of the view that a person comes from are, too. */
const offered: readonly FilterName[] = ['session', 'agent', 'model', 'provider', 'tag', 'decision', 'finding']

/** What to export: it comes from the view of traffic that a person was in, where there was one. */
export function ExportForm() {
  const search = useSearch({ strict: false }) as Record<string, string | undefined>
  const range = useRange()
  const refusal = useRefusal('make exports')
  const [kind, setKind] = useState<Kind>('events')
  const [format, setFormat] = useState<Format>('jsonl')
  const [compression, setCompression] = useState<Compression>('none')
  const span = spanOf(search, range)
  // Until a person writes another, they are those of the page's time range.
  const [given, setGiven] = useState<{ from?: string; to?: string }>({})
  const { from = span.from, to = span.until === undefined ? '' : lastInstant(span.until) } = given
  const [filters, setFilters] = useState<Filters>(() => filtersOf(search))
  const [fields] = useState(() => [...new Set([...offered, ...(Object.keys(filters) as FilterName[])])])
  const [error, setError] = useState<unknown>()
  const request = async () => {
    setError(undefined)
    try {
      await read(
        api.POST('/v1/exports', {
          body: {
            kind,
            format,
            compression,
            includeLineage: kind === 'sessions',
            filters: filters as NonNullable<ExportRequest['filters']>,
            ...(from.trim() && { from: from.trim() }),
            ...(to.trim() && { to: to.trim() }),
          },
        }),
      )
      await queryClient.invalidateQueries({ queryKey: ['exports'] })
    } catch (problem) {
      setError(problem)
    }
  }
  const options = [
    ...(from.trim() ? [` --from ${quoted(from.trim())}`] : []),
    ...(to.trim() ? [` --to ${quoted(to.trim())}`] : []),
    ...(compression === 'none' ? [] : [` --compress ${compression}`]),
    ...(kind === 'sessions' ? [' --include-lineage'] : []),
    ...Object.entries(filters).map(([name, value]) => ` --${name} ${quoted(value)}`),
  ]
  const extension = compression === 'none' ? '' : compression === 'gzip' ? '.gz' : '.zst'
  return (
    <form
      aria-label="Request an export"
      onSubmit={(event) => {
        event.preventDefault()
        if (!refusal) request()
      }}
      className="flex flex-col gap-3 rounded-md border border-line bg-panel p-3"
    >
      <div className="grid grid-cols-1 gap-3 sm:grid-cols-2 lg:grid-cols-5">
        <Choice
          name="What"
          value={kind}
          onChange={({ target }) => setKind(target.value as Kind)}
          options={kinds}
        />
        <Field
          name="From"
          value={from}
          onChange={({ target }) => setGiven({ ...given, from: target.value })}
          placeholder="the beginning, 2026-11-01 or 30d"
        />
        <Field
          name="To, included"
          value={to}
          onChange={({ target }) => setGiven({ ...given, to: target.value })}
          placeholder="now, or 2026-11-30"
        />
        <Choice
          name="Format"
          value={format}
          onChange={({ target }) => setFormat(target.value as Format)}
          options={[
            ['jsonl', 'JSON Lines'],
            ['csv', 'CSV'],
          ]}
        />
        <Choice
          name="Compression"
          value={compression}
          onChange={({ target }) => setCompression(target.value as Compression)}
          options={[
            ['none', 'none'],
            ['gzip', 'gzip'],
            ['zstd', 'zstd'],
          ]}
        />
        {fields.map((name) => (
          <Field
            key={name}
            name={name === 'text' ? 'Only where this was said' : `Only this ${filterNames[name]}`}
            value={filters[name] ?? ''}
            onChange={({ target }) =>
              setFilters(
                Object.fromEntries(
                  Object.entries({ ...filters, [name]: target.value }).filter(([, value]) => value !== ''),
                ),
              )
            }
          />
        ))}
      </div>
      {error !== undefined && <Problem error={error} what="The export" />}
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" kind="primary" refusal={refusal}>
          Request export
        </Button>
        <span className="text-muted">or from a terminal:</span>
        <div className="min-w-0 grow">
          <Snippet
            text={`npx airs export ${kind} --format ${format}${options.join('')} --output ${kind}.${format}${extension}`}
          />
        </div>
      </div>
    </form>
  )
}
