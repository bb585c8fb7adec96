import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api, read } from '../api/client.ts'
import { queryClient } from '../api/query-client.ts'
import { useRefusal } from '../login/permissions.ts'
import { McpServers } from '../mcp/servers.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Loading } from '../ui/loading.tsx'
import { Moment } from '../ui/moment.tsx'
import { durationText, exactNumber, numberOf } from '../ui/numbers.ts'
import { Page, Section } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { problemText } from '../ui/problem-text.ts'
import { Table } from '../ui/table.tsx'
import { agentsQuery, anomaliesQuery, quarantineQuery } from './queries.ts'

const link = 'underline decoration-line underline-offset-2 hover:decoration-current'

/** Which agents call which tools, what is new, and who is locked out. */
export function AgentsPage() {
  return (
    <Page
      title="Agents"
      same={{
        cli: 'npx airs quarantine list\nnpx airs mcp list\nnpx airs anomalies list\nnpx airs anomalies agents',
        api: ['/v1/quarantine?limit=200', '/v1/mcp/servers', '/v1/anomalies?limit=100', '/v1/agents'],
      }}
    >
      <Quarantined />
      <McpServers />
      <Anomalies />
      <Conduct />
    </Page>
  )
}

function Quarantined() {
  const { data, error, refetch } = useQuery(quarantineQuery)
  const refusal = useRefusal('quarantine and release sessions')
  const [problem, setProblem] = useState<string>()
  const release = async (released: Promise<unknown>) => {
    setProblem(undefined)
    try {
      await released
      await queryClient.invalidateQueries({ queryKey: ['quarantine'] })
    } catch (error) {
      setProblem(problemText(error))
    }
  }
  if (error) return <Problem error={error} what="The quarantine" retry={refetch} />
  if (!data) return <Loading rows={3} />
  const { violations, withinSeconds, forSeconds, target } = data.rule
  const query = { reason: 'Released in the console' }
  const rows = [
    ...data.sessions.map((one) => ({
      ...one,
      what: one.session,
      to: `/sessions/${encodeURIComponent(one.session)}` as string | undefined,
      release: () =>
        read(
          api.DELETE('/v1/quarantine/sessions/{session}', {
            params: { path: { session: one.session }, query },
          }),
        ),
    })),
    ...data.callers.map((one) => ({
      ...one,
      what: one.caller,
      to: undefined,
      release: () =>
        read(
          api.DELETE('/v1/quarantine/callers/{caller}', { params: { path: { caller: one.caller }, query } }),
        ),
    })),
  ]
  return (
    <Section title="In quarantine">
      <p className="text-muted">
        {violations === 0
          ? 'Policies and people can put a session or a caller into quarantine; the rule that counts violations is off.'
          : `${numberOf(violations, 'violation')} within ${durationText(withinSeconds * 1_000)} ${violations === 1 ? 'puts' : 'put'} a ${target} into quarantine for ${durationText(forSeconds * 1_000)}.`}
      </p>
      {problem && (
        <p role="alert" className="tone-block toned">
          {problem}
        </p>
      )}
      {rows.length === 0 ? (
        <p className="text-muted">Nobody is in quarantine.</p>
      ) : (
        <Table
          label="In quarantine"
          rows={rows}
          id={({ what }) => what}
          columns={[
            {
              title: 'who',
              cell: ({ what, to }) => (
                <span className="flex items-center gap-2">
                  <Badge tone="quarantine" icon="quarantine">
                    quarantine
                  </Badge>
                  {to ? (
                    <Link to={to as '/'} className={link}>
                      {what}
                    </Link>
                  ) : (
                    <code className="font-mono text-sm">{what}</code>
                  )}
                </span>
              ),
            },
            {
              title: 'why',
              cell: ({ reason, cause, policy }) => (policy ? reason : `${cause}: ${reason}`),
              grows: true,
            },
            { title: 'since', cell: ({ quarantinedAt }) => <Moment at={quarantinedAt} /> },
            { title: 'until', cell: ({ until }) => <Moment at={until} /> },
            { title: 'by', cell: ({ actor }) => actor },
            {
              title: 'actions',
              cell: (row) => (
                <Button kind="quiet" refusal={refusal} onClick={() => release(row.release())}>
                  Release
                </Button>
              ),
            },
          ]}
        />
      )}
    </Section>
  )
}

function Anomalies() {
  const { data, error, refetch } = useQuery(anomaliesQuery)
  if (error) return <Problem error={error} what="The anomalies" retry={refetch} />
  return (
    <Section title="New behaviour">
      {data?.length === 0 && <p className="text-muted">No agent did what it had not done before.</p>}
      {data && data.length > 0 && (
        <Table
          label="New behaviour"
          rows={data}
          id={({ id }) => id}
          columns={[
            { title: 'found', cell: ({ foundAt }) => <Moment at={foundAt} /> },
            { title: 'agent', cell: ({ agent }) => agent },
            { title: 'kind', cell: ({ kind }) => <Badge tone="throttle">{kind.replaceAll('-', ' ')}</Badge> },
            { title: 'tool', cell: ({ tool }) => <code className="font-mono text-sm">{tool}</code> },
            {
              title: 'why',
              cell: ({ explanation }) => <span title={explanation}>{explanation}</span>,
              grows: true,
            },
            {
              title: 'exchange',
              cell: ({ exchange }) => (
                <Link to={`/exchanges/${exchange}` as '/'} className={`font-mono text-sm ${link}`}>
                  {exchange.slice(0, 13)}…
                </Link>
              ),
            },
          ]}
        />
      )}
    </Section>
  )
}

function Conduct() {
  const { data, error, refetch } = useQuery(agentsQuery)
  if (error) return <Problem error={error} what="The agents" retry={refetch} />
  return (
    <Section title="Tools that agents call">
      {data?.length === 0 && (
        <p className="text-muted">
          No agent has called a tool yet. An app names itself with the header{' '}
          <code className="font-mono">X-AIRS-Agent</code>.
        </p>
      )}
      {data && data.length > 0 && (
        <Table
          label="Tools that agents call"
          rows={data}
          id={({ tenant, agent }) => `${tenant} ${agent}`}
          columns={[
            {
              title: 'agent',
              cell: ({ agent }) => (
                <Link to="/traffic" search={{ agent } as never} className={link}>
                  {agent}
                </Link>
              ),
            },
            { title: 'calls', cell: ({ calls }) => exactNumber(calls), align: 'right' },
            { title: 'sessions', cell: ({ sessions }) => exactNumber(sessions), align: 'right' },
            {
              title: 'most in one',
              cell: ({ mostCallsInASession }) => exactNumber(mostCallsInASession),
              align: 'right',
            },
            {
              title: 'tools',
              cell: ({ tools }) => (
                <span
                  className="font-mono text-sm"
                  title={tools.map(({ tool, calls }) => `${tool} ${calls}`).join('\n')}
                >
                  {tools.map(({ tool, calls }) => `${tool} ${exactNumber(calls)}`).join('  ')}
                </span>
              ),
              grows: true,
            },
            {
              title: 'most frequent step',
              cell: ({ steps }) => {
                const [step] = [...steps].sort((a, b) => b.times - a.times)
                return step ? (
                  <span className="font-mono text-sm">
                    {step.previous || 'start'} → {step.tool}
                  </span>
                ) : (
                  '–'
                )
              },
            },
          ]}
        />
      )}
    </Section>
  )
}
