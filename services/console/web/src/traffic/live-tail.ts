import { useEffect, useRef, useState } from 'react'
import type { Filters } from './filters.ts'
import type { FoundExchange } from './queries.ts'

export type Tail = {
  state: 'off' | 'connecting' | 'live' | 'reconnecting'
  rows: FoundExchange[]
}

const most = 2_000
const backOffMs = 2_000
/** The server says something every ten seconds: after so long a connection is dead, whatever the browser believes. */
const mostSilentMs = 25_000

/**
 * Exchanges as they are recorded, newest first. The browser reconnects by itself and sends the position that it has, so that
 * nothing is missed; a connection that the server refused, or that is silent for long, is opened anew from the last position.
 * What was said cannot be followed: with such a filter there is no tail.
 * @param readList reads the list below the tail anew: a tail begins with what is recorded from then on, and keeps only its
 *   newest rows, so the list must hold what came before.
 */
export function useLiveTail(filters: Filters, enabled: boolean, readList: () => void): Tail {
  const [state, setState] = useState<Tail['state']>('off')
  const [rows, setRows] = useState<FoundExchange[]>([])
  const position = useRef('')
  const list = useRef(readList)
  list.current = readList
  const key = new URLSearchParams(filters as Record<string, string>).toString()
  // biome-ignore lint/correctness/useExhaustiveDependencies: other filters are another tail
  useEffect(() => {
    setRows([])
    position.current = ''
  }, [key])
  useEffect(() => {
    if (!enabled) return setState('off')
    let source: EventSource
    let timer: ReturnType<typeof setTimeout> | undefined
    const lose = () => {
      source.close()
      setState('reconnecting')
      clearTimeout(timer)
      timer = setTimeout(open, backOffMs)
    }
    const hear = () => {
      clearTimeout(timer)
      timer = setTimeout(lose, mostSilentMs)
    }
    const open = () => {
      hear()
      const after = position.current === '' ? '' : `${key && '&'}after=${position.current}`
      source = new EventSource(`/v1/exchanges/live?${key}${after}`)
      source.onopen = () => {
        setState('live')
        hear()
      }
      source.onerror = () => {
        if (source.readyState === EventSource.CLOSED) lose()
        else setState('reconnecting')
      }
      source.addEventListener('position', ({ lastEventId }) => {
        hear()
        if (position.current === '') list.current()
        position.current = lastEventId
      })
      source.addEventListener('exchanges', ({ data, lastEventId }) => {
        hear()
        position.current = lastEventId
        const { exchanges } = JSON.parse(data) as { exchanges: FoundExchange[] }
        setRows((before) => merged(exchanges, before))
      })
    }
    setState('connecting')
    open()
    return () => {
      clearTimeout(timer)
      source.close()
    }
  }, [key, enabled])
  useEffect(() => {
    if (rows.length <= most) return
    setRows(rows.slice(0, most / 2))
    list.current()
  }, [rows])
  return { state, rows }
}

/** Newest first; of an exchange that is in both, the first one counts. */
export function merged(newer: readonly FoundExchange[], older: readonly FoundExchange[]): FoundExchange[] {
  const seen = new Set<string>()
  return [...newer, ...older]
    .filter(({ exchange }) => !seen.has(exchange) && seen.add(exchange))
    .sort((a, b) => (a.exchange < b.exchange ? 1 : -1))
}
