import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { overviewQuery } from '../overview/queries.ts'
import { Badge } from '../ui/badge.tsx'
import { durationText, exactNumber } from '../ui/numbers.ts'
import { Section } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { Table } from '../ui/table.tsx'

const credentials: Record<string, string> = {
  own: 'of the ingress',
  client: 'of the client',
  none: 'none',
}

/** Where requests go to, and how it went in the last day. */
export function Upstreams() {
  const { data, error, refetch } = useQuery(overviewQuery('24h', true))
  if (error) return <Problem error={error} what="The upstreams" retry={refetch} />
  if (!data) return null
  const rows = data.upstreams.map((upstream) => ({
    ...upstream,
    used: data.providers.find(({ provider }) => provider === upstream.name),
  }))
  return (
    <Section title="Upstreams in the last day">
      <Table
        label="Upstreams in the last day"
        rows={rows}
        id={({ name }) => name}
        columns={[
          {
            title: 'upstream',
            cell: ({ name, isDefault }) => (
              <>
                <Link
                  to="/traffic"
                  search={{ provider: name } as never}
                  className="underline decoration-line underline-offset-2 hover:decoration-current"
                >
                  {name}
                </Link>
                {isDefault && <span className="pl-2 text-muted">default</span>}
              </>
            ),
          },
          {
            title: 'address',
            cell: ({ url }) => <code className="font-mono text-sm">{url}</code>,
            grows: true,
          },
          { title: 'credential', cell: ({ credential }) => credentials[credential] ?? credential },
          {
            title: 'exchanges',
            cell: ({ used }) =>
              used ? exactNumber(used.exchanges) : <span className="text-muted">not used</span>,
            align: 'right',
          },
          {
            title: 'failed',
            cell: ({ used }) =>
              used && used.failed > 0 ? (
                <Badge tone="throttle">{exactNumber(used.failed)}</Badge>
              ) : (
                (used?.failed ?? '–')
              ),
            align: 'right',
          },
          {
            title: 'median',
            cell: ({ used }) => (used?.latencyMs ? durationText(used.latencyMs.p50) : '–'),
            align: 'right',
          },
          {
            title: 'p99',
            cell: ({ used }) => (used?.latencyMs ? durationText(used.latencyMs.p99) : '–'),
            align: 'right',
          },
        ]}
      />
    </Section>
  )
}
