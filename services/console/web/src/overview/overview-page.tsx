import { useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useLive } from '../shell/live.ts'
import { ranges, useRange } from '../shell/time-range.ts'
import { quoted } from '../traffic/filters.ts'
import { NoTraffic } from '../traffic/first-traffic.tsx'
import { Loading } from '../ui/loading.tsx'
import { Page } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { Breakdowns } from './breakdowns.tsx'
import { Figures } from './figures.tsx'
import { overviewQuery } from './queries.ts'
import { RecentErrors } from './recent-errors.tsx'

const Charts = lazy(() => import('./charts.tsx'))

/** Is anything unrecorded, blocked, broken or expensive? */
export function OverviewPage() {
  const range = useRange()
  const { live } = useLive()
  const { by } = useSearch({ strict: false }) as { by?: string }
  const { data, error, refetch } = useQuery(overviewQuery(range, live))
  if (data?.totals.exchanges === 0 && data.completeness.recorded <= 10) return <NoTraffic />
  return (
    <Page
      title="Overview"
      note={ranges[range].toLowerCase()}
      same={{
        cli: `npx airs overview --from ${range}${by === undefined ? '' : ` --policy ${quoted(by)}`}\nnpx airs status\nnpx airs exchanges list --state failed`,
        api: [`/v1/overview?from=${range}`, '/v1/exchanges/errors?limit=8', '/v1/log'],
      }}
    >
      {error && <Problem error={error} what="The overview" retry={refetch} />}
      {!data && !error && <Loading rows={10} />}
      {data && (
        <>
          <Figures overview={data} range={range} />
          <Suspense fallback={<div className="h-[26.5rem]" />}>
            <Charts overview={data} />
          </Suspense>
          <RecentErrors />
          <Breakdowns overview={data} range={range} />
          <Upstreams upstreams={data.upstreams} />
        </>
      )}
    </Page>
  )
}

function Upstreams({
  upstreams,
}: {
  upstreams: { name: string; kind: string; url: string; credential: string; isDefault: boolean }[]
}) {
  if (upstreams.length === 0) return null
  const credentials: Record<string, string> = {
    own: 'with the credential of the ingress',
    client: 'with the credential of the client',
    none: 'without a credential',
  }
  return (
    <p className="text-muted">
      Requests go to{' '}
      {upstreams.map(({ name, kind, url, credential, isDefault }, index) => (
        <span key={name}>
          {index > 0 && ', '}
          <strong className="font-medium text-ink">{name}</strong>
          {kind === 'mock' ? ' (echoes)' : ` (${url}, ${credentials[credential]})`}
          {isDefault && ' by default'}
        </span>
      ))}
      .
    </p>
  )
}
