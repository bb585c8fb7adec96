import type { Usage } from '@airs-cp/events'

type Counts = { [Name in Exclude<keyof Usage, 'estimated' | 'refused'>]: number | undefined }

/** No exchange has more tokens; sums of such counts stay exact. */
export const mostTokens = 1_000_000_000_000

/** Usage as the provider reported it; undefined where it reported nothing. Counts that cannot be are named in `refused`. */
export function reportedUsage(counts: Counts): Usage | undefined {
  const reported = Object.entries(counts).filter(([, count]) => count !== undefined) as [string, number][]
  if (reported.length === 0) return undefined
  const refused = reported.filter(([, count]) => count > mostTokens).map(([name]) => name)
  return {
    ...Object.fromEntries(reported.filter(([, count]) => count <= mostTokens)),
    estimated: false,
    ...(refused.length > 0 && { refused }),
  }
}
