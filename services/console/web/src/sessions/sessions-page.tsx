import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useRange } from '../shell/time-range.ts'
import { NoTraffic } from '../traffic/first-traffic.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Loading } from '../ui/loading.tsx'
import { Moment } from '../ui/moment.tsx'
import { durationText, exactNumber } from '../ui/numbers.ts'
import { Page } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { Table } from '../ui/table.tsx'
import type { Tone } from '../ui/tone.ts'
import { sessionsQuery } from './queries.ts'

const tones: Record<string, Tone> = { completed: 'neutral', failed: 'throttle', open: 'observe' }

/** Sessions by their last activity. */
export function SessionsPage() {
  const range = useRange()
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    sessionsQuery(range),
  )
  const sessions = data?.pages.flatMap(({ sessions }) => sessions)
  return (
    <Page
      title="Sessions"
      same={{ cli: `npx airs sessions list --from ${range}`, api: `/v1/sessions?from=${range}` }}
    >
      {error && <Problem error={error} what="The sessions" retry={refetch} />}
      {!data && !error && <Loading rows={12} />}
      {sessions?.length === 0 && <NoTraffic />}
      {sessions && sessions.length > 0 && (
        <Table
          label="Sessions"
          rows={sessions}
          id={({ session }) => session}
          columns={[
            {
              title: 'session',
              cell: ({ session, name }) => (
                <Link
                  to={`/sessions/${encodeURIComponent(session)}` as '/'}
                  className="font-medium underline decoration-line underline-offset-2 hover:decoration-current"
                >
                  {name}
                </Link>
              ),
              grows: true,
            },
            {
              title: 'exchanges',
              cell: ({ exchanges }) =>
                exactNumber(Object.values(exchanges).reduce((sum, count) => sum + count, 0)),
              align: 'right',
            },
            {
              title: 'not completed',
              cell: ({ exchanges }) => (
                <span className="flex gap-1">
                  {Object.entries(exchanges)
                    .filter(([state]) => state !== 'completed')
                    .map(([state, count]) => (
                      <Badge key={state} tone={tones[state] ?? 'block'}>
                        {exactNumber(count)} {state}
                      </Badge>
                    ))}
                </span>
              ),
            },
            { title: 'last active', cell: ({ lastActiveAt }) => <Moment at={lastActiveAt} /> },
            {
              title: 'took',
              cell: ({ startedAt, lastActiveAt }) =>
                durationText(Date.parse(lastActiveAt) - Date.parse(startedAt)),
              align: 'right',
            },
          ]}
        />
      )}
      {hasNextPage && (
        <Button onClick={() => fetchNextPage()} disabled={isFetchingNextPage} className="self-start">
          Show older sessions
        </Button>
      )}
    </Page>
  )
}
