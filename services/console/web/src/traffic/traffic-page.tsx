import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { ApiProblem } from '../api/client.ts'
import { readinessQuery } from '../health/queries.ts'
import { useLive } from '../shell/live.ts'
import { spanOf, useRange } from '../shell/time-range.ts'
import { Empty } from '../ui/empty.tsx'
import { Icon } from '../ui/icon.tsx'
import { Loading } from '../ui/loading.tsx'
import { Same } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { ColumnChoice } from './column-choice.tsx'
import { chosenColumns } from './columns.tsx'
import { FilterBar } from './filter-bar.tsx'
import { apiOf, cliOf, type Filters, filtersOf } from './filters.ts'
import { NoTraffic } from './first-traffic.tsx'
import { merged, type Tail, useLiveTail } from './live-tail.ts'
import { Peek } from './peek.tsx'
import { trafficQuery } from './queries.ts'
import { TrafficList } from './traffic-list.tsx'

/** What is happening now, and what has happened. */
export function TrafficPage() {
  const search = useSearch({ strict: false }) as Record<string, string | undefined>
  const navigate = useNavigate()
  const range = useRange()
  const { live } = useLive()
  const filters = useMemo(() => filtersOf(search), [search])
  const span = spanOf(search, range)
  const chosen = chosenColumns(search.columns)
  const query = trafficQuery(filters, span)
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery(query)
  const queries = useQueryClient()
  // What is on its way was read before: joined, it would pass for the list of now.
  const readAnew = () => queries.cancelQueries({ queryKey: query.queryKey }).then(() => refetch())
  const isFollowed = live && filters.text === undefined && span.until === undefined
  const tail = useLiveTail(filters, isFollowed, readAnew)
  const found = useMemo(() => data?.pages.flatMap(({ exchanges }) => exchanges) ?? [], [data])
  const rows = useMemo(() => merged(tail.rows, found), [tail.rows, found])
  const go = (change: Record<string, string | undefined>, replace = false) =>
    navigate({ to: '.', replace, search: ((before: object) => ({ ...before, ...change })) as never })
  const setFilters = (next: Filters) =>
    navigate({
      to: '.',
      search: {
        ...(search.range && { range: search.range }),
        ...(search.columns && { columns: search.columns }),
        ...(span.until && span),
        ...next,
      } as never,
    })
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])
  const unseen = error instanceof ApiProblem && error.code === 'value_unknown' ? error : undefined
  const isRead = data !== undefined || unseen !== undefined
  const isEmpty = isRead && rows.length === 0 && !hasNextPage
  return (
    <div className="relative flex h-full min-h-0 flex-col">
      <header className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2">
        <h1 className="sr-only">Traffic</h1>
        <FilterBar filters={filters} change={setFilters} />
        {span.until && (
          <SpanMark
            from={span.from}
            until={span.until}
            remove={() => go({ from: undefined, until: undefined })}
          />
        )}
        <span className="ml-auto flex flex-wrap items-center gap-2">
          <TailState
            tail={tail}
            obstacle={
              span.until
                ? 'A fixed time is not followed'
                : filters.text === undefined
                  ? undefined
                  : 'Words cannot be followed live'
            }
          />
          <Link
            to={'/exports' as '/'}
            search={{ ...filters, ...(span.until ? span : { range }) } as never}
            className="inline-flex h-7 shrink-0 items-center whitespace-nowrap rounded px-2.5 text-muted hover:bg-raised hover:text-ink"
          >
            Export this view
          </Link>
          <ColumnChoice chosen={chosen} change={(columns) => go({ columns }, true)} />
          <Same cli={cliOf(filters, span)} api={apiOf(filters, span)} />
        </span>
      </header>
      {error && !unseen && (
        <div className="p-4">
          <Problem error={error} what="The traffic" retry={refetch} />
        </div>
      )}
      {!isRead && !error && <Loading rows={14} />}
      {isEmpty &&
        (Object.keys(filters).length === 0 ? (
          <NoTraffic />
        ) : (
          <Empty title="Nothing matches these filters in this time">
            <p className="text-muted">
              {unseen
                ? `${unseen.message}. The first one appears here by itself.`
                : 'Take a filter away, or choose a longer time range.'}
            </p>
          </Empty>
        ))}
      {isRead && !isEmpty && (
        <div className="flex min-h-0 grow">
          <TrafficList
            rows={rows}
            columns={chosen}
            selected={search.peek}
            select={(peek) => go({ peek }, search.peek !== undefined && peek !== undefined)}
            open={(exchange) => navigate({ to: `/exchanges/${exchange}` as '/' })}
            more={hasNextPage ? more : undefined}
          />
          {search.peek && <Peek exchange={search.peek} close={() => go({ peek: undefined })} />}
        </div>
      )}
    </div>
  )
}

const dayAndTime = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })

/** One step of a chart, in place of the range at the top. */
function SpanMark({ from, until, remove }: { from: string; until: string; remove: () => void }) {
  return (
    <button
      type="button"
      onClick={remove}
      title={`${from} until ${until}, which is not included. Select to go back to the range at the top`}
      className="flex h-7 items-center gap-1.5 rounded border border-line bg-raised px-2 hover:border-muted"
    >
      <span className="text-muted">time</span>
      <span className="font-medium">{dayAndTime.formatRange(new Date(from), new Date(until))}</span>
      <span className="sr-only">, remove this time</span>
      <Icon name="close" size={12} />
    </button>
  )
}

/** @param obstacle why what is listed cannot be followed. */
function TailState({ tail, obstacle }: { tail: Tail; obstacle: string | undefined }) {
  const { error } = useQuery(readinessQuery)
  // The browser notices a lost connection only when it sends something.
  const state = tail.state === 'live' && error ? 'reconnecting' : tail.state
  const text =
    obstacle ??
    {
      off: 'Paused',
      connecting: 'Connecting',
      live: 'Following',
      reconnecting: 'Reconnecting, nothing is missed',
    }[state]
  return (
    <output className="flex items-center gap-1.5 text-sm text-muted">
      <span
        aria-hidden="true"
        className={`size-2 rounded-full ${obstacle ? 'bg-muted' : state === 'live' ? 'bg-ok' : state === 'reconnecting' ? 'bg-throttle' : 'bg-muted'}`}
      />
      {text}
    </output>
  )
}
