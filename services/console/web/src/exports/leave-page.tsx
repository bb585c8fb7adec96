import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { api, read } from '../api/client.ts'
import { Badge } from '../ui/badge.tsx'
import { Snippet } from '../ui/copy.tsx'
import { numberOf } from '../ui/numbers.ts'
import { Page } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { exportState } from './leaving.ts'

const exportStates = {
  none: 'no export of all events yet',
  outdated: 'there was traffic since the newest export of all events',
  complete: 'an export of all events exists',
}

/** Leaving, step by step; what can be checked from here is checked. */
export function LeavePage() {
  const { data, error, refetch } = useQuery({
    queryKey: ['audit'],
    queryFn: ({ signal }) => read(api.GET('/v1/audit', { signal })),
    refetchInterval: 5_000,
  })
  const { data: exports } = useQuery({
    queryKey: ['exports'],
    queryFn: async ({ signal }) =>
      (await read(api.GET('/v1/exports', { params: { query: { limit: 50 } }, signal }))).exports,
  })
  const { data: recent } = useQuery({
    queryKey: ['overview', 'last-hour'],
    queryFn: ({ signal }) => read(api.GET('/v1/overview', { params: { query: { from: '1h' } }, signal })),
    refetchInterval: 10_000,
  })
  const { data: traffic } = useQuery({
    queryKey: ['exchanges', 'newest'],
    queryFn: async ({ signal }) =>
      (await read(api.GET('/v1/exchanges', { params: { query: { limit: 1 } }, signal }))).exchanges,
    refetchInterval: 10_000,
  })
  const newest = recent?.series.findLast(({ exchanges }) => exchanges > 0)
  const isQuiet = recent !== undefined && newest === undefined
  const isDrained = data !== undefined && data.openExchanges === 0
  const exported =
    exports &&
    traffic &&
    exportState(exports, traffic.at(0)?.endedAt ?? traffic.at(0)?.requestedAt ?? undefined)
  return (
    <Page
      title="Leave AIRS-CP"
      note="in one command, with everything"
      same={{
        cli: 'npx airs offboard\nnpx airs status\nnpx airs exports list',
        api: ['/v1/audit', '/v1/exports?limit=50', '/v1/exchanges?limit=1', '/v1/overview?from=1h'],
      }}
    >
      {error && <Problem error={error} what="The record" retry={refetch} />}
      <p className="max-w-3xl">
        One command does it all: it waits until what is under way has ended, exports everything, checks it,
        and writes a certificate with this checklist.
      </p>
      <Snippet text="npx airs offboard" />
      <ol className="flex flex-col gap-3">
        <Step
          number={1}
          title="Point apps back at their provider"
          done={isQuiet}
          state={isQuiet ? 'no traffic in the last hour' : 'there was traffic in the last hour'}
        >
          <Snippet text="unset OPENAI_BASE_URL ANTHROPIC_BASE_URL GOOGLE_GEMINI_BASE_URL" what="the line" />
        </Step>
        <Step
          number={2}
          title="Let what is under way end"
          done={isDrained}
          state={data ? `${numberOf(data.openExchanges, 'exchange is', 'exchanges are')} open` : ''}
        >
          <p className="text-muted">
            An open exchange has no outcome yet; its outcome is part of the record.
          </p>
        </Step>
        <Step
          number={3}
          title="Export everything"
          done={exported === 'complete'}
          state={exported ? exportStates[exported] : ''}
        >
          <Snippet text="npx airs export events --format jsonl --output events.jsonl" />
        </Step>
        <Step number={4} title="Check it, with AIRS-CP switched off if you like">
          <Snippet text="npx airs verify events.jsonl" />
        </Step>
        <Step number={5} title="Stop AIRS-CP, and remove its data when the law allows">
          <p className="text-muted">
            Ctrl-C where npm start runs, or docker-compose down. What was recorded is in the data directory or
            the volumes, and in the buckets that are configured.
          </p>
        </Step>
      </ol>
    </Page>
  )
}

function Step({
  number,
  title,
  done,
  state,
  children,
}: {
  number: number
  title: string
  done?: boolean
  state?: string
  children: ReactNode
}) {
  return (
    <li className="flex flex-col gap-2 rounded-md border border-line bg-panel p-3">
      <div className="flex flex-wrap items-center gap-2">
        <h2 className="font-semibold">
          {number}. {title}
        </h2>
        {done !== undefined && (
          <Badge tone={done ? 'ok' : 'throttle'} icon={done ? 'check' : 'throttle'}>
            {state || (done ? 'done' : 'not yet')}
          </Badge>
        )}
      </div>
      {children}
    </li>
  )
}
