import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Badge } from '../ui/badge.tsx'
import { durationText, exactNumber, moneyText, shortNumber } from '../ui/numbers.ts'
import { Section } from '../ui/page.tsx'
import { Table } from '../ui/table.tsx'
import { toneOfAction } from '../ui/tone.ts'
import type { Overview, Usage } from './queries.ts'

const link = 'underline decoration-line underline-offset-2 hover:decoration-current'

/** Who and what the figures are made of; each name leads to its traffic. */
export function Breakdowns({ overview, range }: { overview: Overview; range: string }) {
  const to = (name: string, value: string, children: ReactNode = value) => (
    <Link to="/traffic" search={{ [name]: value, range } as never} className={link}>
      {children}
    </Link>
  )
  const byUsage = (title: string, name: string, usage: Usage[]) => (
    <Section title={title}>
      <Table
        label={title}
        rows={usage}
        id={({ value }) => value}
        columns={[
          {
            title: name,
            cell: (row) => (row.value ? to(name, row.value, row.name ?? row.value) : 'others'),
            grows: true,
          },
          { title: 'exchanges', cell: (row) => count(row.exchanges), align: 'right' },
          { title: 'failed', cell: (row) => count(row.failed), align: 'right' },
          { title: 'tokens', cell: (row) => count(row.inputTokens + row.outputTokens), align: 'right' },
          { title: 'cost', cell: (row) => moneyText(row.costUsdMicros), align: 'right' },
        ]}
      />
    </Section>
  )
  return (
    <div className="grid grid-cols-1 gap-x-4 gap-y-5 xl:grid-cols-2">
      <Section title="Policies">
        <Table
          label="Policies"
          rows={overview.policies}
          id={({ policy }) => policy}
          columns={[
            { title: 'policy', cell: ({ policy }) => to('policy', policy), grows: true },
            { title: 'done', cell: ({ enforced }) => <Actions of={enforced} /> },
            { title: 'observed only', cell: ({ observed }) => <Actions of={observed} observed /> },
          ]}
        />
      </Section>
      <Section title="Findings">
        <Table
          label="Findings"
          rows={overview.findings}
          id={({ type }) => type}
          columns={[
            {
              title: 'type',
              cell: ({ type }) => <code className="font-mono text-sm">{to('finding', type)}</code>,
              grows: true,
            },
            { title: 'exchanges', cell: ({ exchanges }) => count(exchanges), align: 'right' },
          ]}
        />
      </Section>
      <Section title="Providers">
        <Table
          label="Providers"
          rows={overview.providers}
          id={({ provider }) => provider}
          columns={[
            { title: 'provider', cell: ({ provider }) => to('provider', provider), grows: true },
            { title: 'exchanges', cell: (row) => count(row.exchanges), align: 'right' },
            { title: 'failed', cell: (row) => count(row.failed), align: 'right' },
            {
              title: 'median',
              cell: ({ latencyMs }) => (latencyMs ? durationText(latencyMs.p50) : '–'),
              align: 'right',
            },
            {
              title: 'p99',
              cell: ({ latencyMs }) => (latencyMs ? durationText(latencyMs.p99) : '–'),
              align: 'right',
            },
          ]}
        />
      </Section>
      {byUsage('Models', 'model', overview.models)}
      {byUsage('Agents', 'agent', overview.agents)}
      {byUsage('Tags', 'tag', overview.tags)}
      {overview.keys.length > 0 && byUsage('Keys', 'key', overview.keys)}
    </div>
  )
}

function Actions({ of, observed = false }: { of: Record<string, number>; observed?: boolean }) {
  const entries = Object.entries(of).filter(([, times]) => times > 0)
  if (entries.length === 0) return <span className="text-muted">–</span>
  return (
    <span className="flex gap-1">
      {entries.map(([action, times]) => (
        <Badge key={action} tone={observed ? 'observe' : toneOfAction(action)}>
          {action} {count(times)}
        </Badge>
      ))}
    </span>
  )
}

function count(value: number): ReactNode {
  return <span title={exactNumber(value)}>{shortNumber(value)}</span>
}
