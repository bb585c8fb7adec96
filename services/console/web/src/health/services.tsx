import { useQueries, useQuery } from '@tanstack/react-query'
import { Badge } from '../ui/badge.tsx'
import { Loading } from '../ui/loading.tsx'
import { Moment } from '../ui/moment.tsx'
import { bytesText, durationText, exactNumber } from '../ui/numbers.ts'
import { Section } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { Table } from '../ui/table.tsx'
import { auditQuery, ingressesQuery, readinessQuery, serviceNames, serviceQuery } from './queries.ts'

/** Each service, and how far its projections are behind what is recorded. */
export function Services() {
  const { data, error, refetch } = useQuery(readinessQuery)
  const services = useQueries({ queries: serviceNames.map((name) => serviceQuery(name)) })
  const { data: ingresses = [] } = useQuery(ingressesQuery)
  const projections = services.flatMap(
    ({ data }) => data?.projections.map((one) => ({ ...one, service: data.service })) ?? [],
  )
  if (error) return <Problem error={error} what="The services" retry={refetch} />
  if (!data) return <Loading />
  return (
    <>
      <Section title="Services">
        <Table
          label="Services"
          rows={Object.entries(data.services)}
          id={([name]) => name}
          columns={[
            { title: 'service', cell: ([name]) => name },
            {
              title: 'state',
              cell: ([, { ready }]) => (
                <Badge tone={ready ? 'ok' : 'block'} icon={ready ? 'check' : 'warning'}>
                  {ready ? 'ready' : 'not ready'}
                </Badge>
              ),
            },
            {
              title: 'started',
              cell: ([name]) => {
                const at =
                  name === 'ingress'
                    ? ingresses
                        .map(({ startedAt }) => startedAt)
                        .sort()
                        .at(-1)
                    : services.find(({ data }) => data?.service === name)?.data?.startedAt
                return at ? <Moment at={at} /> : '–'
              },
            },
            { title: 'address', cell: ([, { url }]) => <code className="font-mono text-sm">{url}</code> },
            {
              title: 'what to know',
              cell: ([, { checks, notes }]) =>
                [
                  ...Object.entries(checks)
                    .filter(([, { ready }]) => !ready)
                    .map(([check, { reason }]) => `${check}: ${reason ?? 'not ready'}`),
                  ...Object.values(notes ?? {}),
                ].join('; '),
              grows: true,
            },
          ]}
        />
      </Section>
      <Section title="Projections">
        <Table
          label="Projections"
          rows={projections}
          id={({ service, projection }) => `${service} ${projection}`}
          columns={[
            { title: 'service', cell: ({ service }) => service },
            { title: 'projection', cell: ({ projection }) => projection, grows: true },
            {
              title: 'connected',
              cell: ({ connected }) => (
                <Badge tone={connected ? 'ok' : 'block'}>{connected ? 'yes' : 'no'}</Badge>
              ),
            },
            { title: 'lag', cell: ({ lagMs }) => durationText(lagMs), align: 'right' },
            { title: 'waiting', cell: ({ pending }) => exactNumber(pending), align: 'right' },
            { title: 'applied since start', cell: ({ applied }) => exactNumber(applied), align: 'right' },
            { title: 'dead letters', cell: ({ deadLetters }) => exactNumber(deadLetters), align: 'right' },
          ]}
        />
      </Section>
    </>
  )
}

/** Journals of ingresses and the streams between them and the stores. */
export function Journals() {
  const { data, error, refetch } = useQuery(auditQuery)
  if (error) return <Problem error={error} what="The journals" retry={refetch} />
  if (!data) return null
  return (
    <div className="grid grid-cols-1 gap-4 xl:grid-cols-2">
      <Section title="Journals">
        <Table
          label="Journals"
          rows={data.journals}
          id={({ journal }) => journal}
          columns={[
            {
              title: 'journal',
              cell: ({ journal }) => <code className="font-mono text-sm">{journal}</code>,
              grows: true,
            },
            { title: 'recorded', cell: ({ committed }) => exactNumber(committed), align: 'right' },
            { title: 'numbered', cell: ({ seen }) => exactNumber(seen), align: 'right' },
            {
              title: 'state',
              cell: ({ committed, seen }) => (
                <Badge tone={committed >= seen ? 'ok' : 'throttle'}>
                  {committed >= seen ? 'complete' : 'gap'}
                </Badge>
              ),
            },
          ]}
        />
      </Section>
      <Section title="Streams">
        <Table
          label="Streams"
          rows={data.streams}
          id={({ stream }) => stream}
          columns={[
            { title: 'stream', cell: ({ stream }) => stream, grows: true },
            { title: 'messages', cell: ({ messages }) => exactNumber(messages), align: 'right' },
            { title: 'size', cell: ({ bytes }) => bytesText(bytes), align: 'right' },
            {
              title: 'full',
              cell: ({ bytes, maxBytes }) =>
                maxBytes
                  ? `${((100 * bytes) / maxBytes).toFixed(1)} % of ${bytesText(maxBytes)}`
                  : 'no limit',
              align: 'right',
            },
          ]}
        />
      </Section>
    </div>
  )
}
