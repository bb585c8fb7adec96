import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Badge } from '../ui/badge.tsx'
import { exactNumber } from '../ui/numbers.ts'
import { Section } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { Table } from '../ui/table.tsx'
import { type McpServer, mcpServersQuery } from './queries.ts'

const link = 'underline decoration-line underline-offset-2 hover:decoration-current'

/** The MCP servers behind the gateway, and whether a person has to look at their tools. */
export function McpServers() {
  const { data, error, refetch } = useQuery(mcpServersQuery)
  if (error) return <Problem error={error} what="The MCP servers" retry={refetch} />
  return (
    <Section title="MCP servers">
      {data?.length === 0 && (
        <p className="text-muted">
          No MCP server is configured. The ingress reads them from the file that{' '}
          <code className="font-mono">AIRS_MCP_FILE</code> names.
        </p>
      )}
      {data && data.length > 0 && (
        <Table
          label="MCP servers"
          rows={data}
          id={({ name }) => name}
          columns={[
            {
              title: 'server',
              cell: ({ name }) => (
                <Link to={`/mcp/${encodeURIComponent(name)}` as '/'} className={link}>
                  {name}
                </Link>
              ),
            },
            { title: 'tools', cell: ({ tools }) => exactNumber(tools), align: 'right' },
            { title: 'to look at', cell: (server) => <ToLookAt server={server} /> },
            {
              title: 'address',
              cell: ({ urls }) => (
                <span className="font-mono text-sm">{urls.join(', ') || 'not configured any more'}</span>
              ),
              grows: true,
            },
          ]}
        />
      )}
    </Section>
  )
}

function ToLookAt({ server: { changed, refused } }: { server: McpServer }) {
  if (changed + refused === 0) return <span className="text-muted">nothing</span>
  return (
    <span className="flex gap-1">
      {changed > 0 && (
        <Badge tone="throttle" icon="warning">
          {changed} changed
        </Badge>
      )}
      {refused > 0 && (
        <Badge tone="block" icon="block">
          {refused} refused
        </Badge>
      )}
    </span>
  )
}
