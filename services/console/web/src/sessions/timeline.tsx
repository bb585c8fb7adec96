import { Link } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, useEffect, useMemo, useRef } from 'react'
import { ActionBadge } from '../ui/badge.tsx'
import { Moment } from '../ui/moment.tsx'
import { durationText, exactNumber } from '../ui/numbers.ts'
import { toneClass, toneOfStatus } from '../ui/tone.ts'
import type { Node, Session } from './queries.ts'

const rowHeight = 32

/** The calls of a session one below the other, each where it was in time, with the tools that it called. Only rows near the window exist. */
export function Timeline({
  session,
  exchanges,
  nodes,
  more,
}: {
  session: Session
  /** The first ones, in order. */
  exchanges: Session['exchanges']
  nodes: readonly Node[]
  /** Fetches those that come next. */
  more: (() => void) | undefined
}) {
  const startMs = Date.parse(session.startedAt)
  const wholeMs = Math.max(1, Date.parse(session.lastActiveAt) - startMs)
  const calls = useMemo(
    () =>
      Map.groupBy(
        nodes.filter(({ kind, generated }) => kind === 'tool-call' && generated),
        ({ exchange }) => exchange,
      ),
    [nodes],
  )
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: exchanges.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => exchanges[index]!.exchange,
    overscan: 20,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (more && last >= exchanges.length - 50) more()
  }, [last, exchanges.length, more])
  return (
    <div
      ref={scroller}
      role="region"
      aria-label="Timeline"
      tabIndex={0}
      className="max-h-[50vh] overflow-auto rounded-md border border-line bg-panel"
    >
      <ol className="relative min-w-[60rem]" style={{ height: virtual.getTotalSize() }}>
        {items.map(({ index, key, start }) => {
          const exchange = exchanges[index]!
          return (
            <Row
              key={key}
              exchange={exchange}
              tools={calls.get(exchange.exchange)}
              index={index}
              count={session.exchangeCount}
              start={start}
              startMs={startMs}
              wholeMs={wholeMs}
            />
          )
        })}
      </ol>
    </div>
  )
}

type RowProps = {
  exchange: Session['exchanges'][number]
  tools: readonly Node[] | undefined
  index: number
  count: number
  start: number
  startMs: number
  wholeMs: number
}

/** Rows that stay in the window while it moves are not drawn again. */
const Row = memo(function Row({ exchange, tools, index, count, start, startMs, wholeMs }: RowProps) {
  const { requestedAt, endedAt } = exchange
  const from = requestedAt ? Date.parse(requestedAt) - startMs : 0
  const durationMs = requestedAt && endedAt ? Date.parse(endedAt) - Date.parse(requestedAt) : 0
  const names = tools?.map(({ name }) => name).join(', ')
  return (
    <li
      aria-setsize={count}
      aria-posinset={index + 1}
      className="absolute inset-x-0 top-0 flex h-8 items-center gap-3 border-b border-line px-3"
      style={{ transform: `translateY(${start}px)` }}
    >
      <Link
        to={`/exchanges/${exchange.exchange}` as '/'}
        className="w-32 shrink-0 font-mono text-sm underline decoration-line underline-offset-2 hover:decoration-current"
      >
        {exchange.exchange.slice(0, 13)}…
      </Link>
      <span className="w-24 shrink-0">
        <ActionBadge action={strongest(exchange.requestAction, exchange.responseAction)} />
      </span>
      <span className="w-36 shrink-0 truncate">{exchange.operation ?? exchange.model}</span>
      <span className="relative h-3 min-w-40 grow rounded-sm bg-raised" aria-hidden="true">
        <span
          className={`absolute h-3 rounded-sm ${(exchange.status ?? 200) >= 400 ? 'bg-block' : 'bg-accent'}`}
          style={{
            left: `${Math.min(99, (100 * from) / wholeMs)}%`,
            width: `${Math.max(0.6, (100 * durationMs) / wholeMs)}%`,
            maxWidth: '100%',
          }}
        />
      </span>
      {names && (
        <span className="max-w-56 truncate font-mono text-sm" title="Tools that the response calls">
          {names}
        </span>
      )}
      <span
        className={`w-10 shrink-0 text-right ${exchange.status && exchange.status >= 400 ? `${toneClass[toneOfStatus(exchange.status)]} toned` : ''}`}
      >
        {exchange.status ?? exchange.state}
      </span>
      <span className="w-28 shrink-0 text-right text-muted" title="Tokens in and out">
        {exchange.inputTokens === null
          ? ''
          : `${exactNumber(exchange.inputTokens)} + ${exactNumber(exchange.outputTokens ?? 0)}`}
      </span>
      <span className="w-16 shrink-0 text-right" title="How long it took">
        {durationText(durationMs)}
      </span>
      <span className="w-20 shrink-0 text-right text-muted">
        {requestedAt && <Moment at={requestedAt} />}
      </span>
    </li>
  )
})

const order = ['allow', 'throttle', 'redact', 'block', 'quarantine']

function strongest(a: string | null, b: string | null): string | null {
  return [a, b].filter((one) => one !== null).sort((x, y) => order.indexOf(y) - order.indexOf(x))[0] ?? null
}
