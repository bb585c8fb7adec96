import type { ExportJob } from '@airs-cp/client'
import { formatInstant } from './format.ts'

/** How AIRS-CP has understood the range of an export. */
export function describeRange({
  kind,
  from,
  until,
  filters = {},
}: Pick<ExportJob, 'kind' | 'from' | 'until'> & Partial<Pick<ExportJob, 'filters'>>): string {
  const chosen = Object.entries(filters).map(([name, value]) => `${name} ${value}`)
  const only = chosen.length > 0 ? `, only of ${chosen.join(', ')}` : ''
  if (!from && !until) return `All ${kind}, from the first to now${only}`
  const parts = [
    from && `from ${formatInstant(from)}`,
    until && `until ${formatInstant(until)} (not included)`,
  ]
  return `The ${kind} ${parts.filter(Boolean).join(' ')}, in UTC${only}`
}
