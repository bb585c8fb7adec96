import { queryOptions } from '@tanstack/react-query'
import { api, read } from '../api/client.ts'
import type { Tone } from '../ui/tone.ts'

export const modeQuery = queryOptions({
  queryKey: ['mode'],
  queryFn: ({ signal }) => read(api.GET('/v1/mode', { signal })),
  refetchInterval: 10_000,
})

export type Mode = 'observe' | 'enforce' | 'off' | 'stop'

/** What each mode means, in the words of the banner and of the page that changes it. */
export const modes: Record<Mode, { name: string; tone: Tone; meaning: string }> = {
  observe: { name: 'Observe', tone: 'observe', meaning: 'Policies decide, nothing is changed or blocked.' },
  enforce: { name: 'Enforce', tone: 'ok', meaning: 'Policies in mode enforce block, redact and throttle.' },
  off: { name: 'Bypass', tone: 'block', meaning: 'All policies are bypassed. Traffic is recorded.' },
  stop: { name: 'Stopped', tone: 'block', meaning: 'All traffic is refused with a message.' },
}
