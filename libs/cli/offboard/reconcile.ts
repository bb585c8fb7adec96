import type { AuditSummary } from '@airs-cp/client'
import type { Manifest } from '@airs-cp/manifest'

/**
 * Compares what the event store says it has with what the export contains.
 * @returns what is missing, each a sentence; empty when nothing is.
 */
export function reconcile({ journals, gaps }: AuditSummary, events: Manifest): string[] {
  const taken = new Map((events.journals ?? []).map((coverage) => [coverage.journal, coverage.events]))
  const short = journals
    .map(({ journal, committed }) => ({ journal, missing: committed - (taken.get(journal) ?? 0) }))
    .filter(({ missing }) => missing > 0)
  const total = short.reduce((sum, { missing }) => sum + missing, 0)
  if (total <= gaps.lostEvents) return []
  return short.map(
    ({ journal, missing }) =>
      `Of journal ${journal} ${missing} events are not in the export, and are not known to be lost`,
  )
}
