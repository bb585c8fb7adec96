import type { ExportJob } from '@airs-cp/client'
import { formatInstant } from './format.ts'

/** How AIRS-CP has understood the range of an export. */
export function describeRange({ kind, from, until }: Pick<ExportJob, 'kind' | 'from' | 'until'>): string {
  if (!from && !until) return `All ${kind}, from the first to now`
  const parts = [
    from && `from ${formatInstant(from)}`,
    until && `until ${formatInstant(until)} (not included)`,
  ]
  return `The ${kind} ${parts.filter(Boolean).join(' ')}, in UTC`
}
