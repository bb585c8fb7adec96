import { useQuery } from '@tanstack/react-query'
import { Link, useParams, useSearch } from '@tanstack/react-router'
import { quoted } from '../traffic/filters.ts'
import { Badge } from '../ui/badge.tsx'
import { Loading } from '../ui/loading.tsx'
import { Moment } from '../ui/moment.tsx'
import { durationText } from '../ui/numbers.ts'
import { Page, Section } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { Table } from '../ui/table.tsx'
import { type McpTool, mcpCallsQuery, mcpToolsQuery } from './queries.ts'
import { ToolPanel } from './tool-panel.tsx'

const link = 'underline decoration-line underline-offset-2 hover:decoration-current'

/** One MCP server: how its tools are defined, what has changed, and who calls them. */
export function McpServerPage() {
  const { server } = useParams({ strict: false }) as { server: string }
  const { tool } = useSearch({ strict: false }) as { tool?: string }
  const { data, error, refetch } = useQuery(mcpToolsQuery(server))
  const shown = data?.find((one) => one.tool === tool)
  return (
    <Page
      title={server}
      note="MCP server"
      actions={
        <Link to="/traffic" search={{ provider: `mcp:${server}` } as never} className={link}>
          All calls
        </Link>
      }
      same={{
        cli: `npx airs mcp tools ${quoted(server)}`,
        api: `/v1/mcp/servers/${encodeURIComponent(server)}/tools`,
      }}
    >
      {error && <Problem error={error} what={`The tools of ${server}`} retry={refetch} />}
      {!data && !error && <Loading rows={4} />}
      {data && <Tools server={server} tools={data} />}
      {shown && <ToolPanel key={shown.tool} tool={shown} />}
      <Calls server={server} />
    </Page>
  )
}

function Tools({ server, tools }: { server: string; tools: McpTool[] }) {
  return (
    <Section title="Tools">
      {tools.length === 0 ? (
        <p className="text-muted">
          No tool is known yet. The gateway learns them when a client asks for{' '}
          <code className="font-mono">tools/list</code>.
        </p>
      ) : (
        <Table
          label="Tools"
          rows={tools}
          id={({ tool }) => tool}
          columns={[
            {
              title: 'tool',
              cell: ({ tool }) => (
                <Link
                  to={`/mcp/${encodeURIComponent(server)}` as '/'}
                  search={{ tool } as never}
                  className={`font-mono text-sm ${link}`}
                >
                  {tool}
                </Link>
              ),
              grows: true,
            },
            { title: 'state', cell: ({ state }) => <StateBadge state={state} /> },
            { title: 'pinned by', cell: ({ pinnedBy }) => pinnedBy.replace('-', ' ') },
            { title: 'expected', cell: ({ expected }) => <Digest of={expected} /> },
            { title: 'found', cell: ({ found }) => <Digest of={found} /> },
            { title: 'seen', cell: ({ foundAt }) => <Moment at={foundAt} /> },
          ]}
        />
      )}
    </Section>
  )
}

function StateBadge({ state }: Pick<McpTool, 'state'>) {
  if (state === 'pinned')
    return (
      <Badge tone="ok" icon="check">
        pinned
      </Badge>
    )
  if (state === 'refused')
    return (
      <Badge tone="block" icon="block">
        refused
      </Badge>
    )
  return (
    <Badge tone="throttle" icon="warning">
      changed, waits for approval
    </Badge>
  )
}

function Digest({ of }: { of: string | null }) {
  if (of === null) return <span className="text-muted">none</span>
  return (
    <code className="font-mono text-sm" title={of}>
      {of.slice(0, 12)}…
    </code>
  )
}

function Calls({ server }: { server: string }) {
  const { data, error, refetch } = useQuery(mcpCallsQuery(server))
  if (error) return <Problem error={error} what={`The calls of ${server}`} retry={refetch} />
  return (
    <Section title="Last calls">
      {data?.length === 0 && <p className="text-muted">Nobody has called this server yet.</p>}
      {data && data.length > 0 && (
        <Table
          label="Last calls"
          rows={data}
          id={({ exchange }) => exchange}
          columns={[
            {
              title: 'when',
              cell: ({ requestedAt, endedAt }) => {
                const at = requestedAt ?? endedAt
                return at === null ? '–' : <Moment at={at} />
              },
            },
            {
              title: 'call',
              cell: ({ exchange, operation }) => (
                <Link to={`/exchanges/${exchange}` as '/'} className={`font-mono text-sm ${link}`}>
                  {operation ?? exchange}
                </Link>
              ),
              grows: true,
            },
            { title: 'state', cell: ({ state }) => state },
            { title: 'decision', cell: ({ decision }) => decision ?? '–' },
            { title: 'agent', cell: ({ agent, keyName }) => agent ?? keyName ?? '–' },
            {
              title: 'took',
              cell: ({ durationMs }) => (durationMs === null ? '–' : durationText(durationMs)),
              align: 'right',
            },
          ]}
        />
      )}
    </Section>
  )
}
