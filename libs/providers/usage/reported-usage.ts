import type { Usage } from '@airs-cp/events'

type Counts = { [Name in Exclude<keyof Usage, 'estimated'>]: number | undefined }

/** Usage as the provider told it; undefined where it told nothing. */
export function reportedUsage(counts: Counts): Usage | undefined {
  const known = Object.entries(counts).filter(([, count]) => count !== undefined)
  return known.length === 0 ? undefined : { ...Object.fromEntries(known), estimated: false }
}
