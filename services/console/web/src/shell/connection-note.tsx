import { useQuery } from '@tanstack/react-query'
import { isPassing } from '../api/query-client.ts'
import { modeQuery } from './mode.ts'

/** The mode is asked for all the time: while it cannot be had, the connection is gone or the policy service is down. */
export function ConnectionNote() {
  const { error, failureReason } = useQuery(modeQuery)
  const reason = failureReason ?? error
  if (!reason || !isPassing(reason)) return null
  return (
    <output className="border-b border-line bg-raised px-4 py-1.5 text-muted">
      Reconnecting. What you see may be out of date; traffic goes on and is recorded.
    </output>
  )
}
