import type { Ledger, RecordedPart } from '../fault/ledger.ts'
import type { SentExchange } from '../fault/send-exchange.ts'

/**
 * Sentences about sessions that are recorded in another order than their client kept: of two exchanges of which one had ended
 * before the other began, the events must be in that order, by number within a journal, and by time between two whose machines
 * have the right time.
 */
export function sessionsOutOfOrder(sent: readonly SentExchange[], ledger: Ledger): string[] {
  const problems: string[] = []
  const finished = sent.filter(({ end }) => end === 'finished')
  for (const [session, exchanges] of Map.groupBy(finished, ({ session }) => session)) {
    const inOrder = exchanges.toSorted((a, b) => a.startedAtMs - b.startedAtMs)
    for (const [index, later] of inOrder.entries()) {
      const earlier = inOrder.slice(0, index).findLast(({ endedAtMs }) => endedAtMs < later.startedAtMs)
      const outcome = earlier && ledger.byMarker.get(earlier.marker)?.outcomes[0]
      const opening = ledger.byMarker.get(later.marker)?.openings[0]
      if (!outcome || !opening) continue
      const isRight = isClose(outcome.timeMs, earlier.endedAtMs) && isClose(opening.timeMs, later.startedAtMs)
      if ((isRight || outcome.journal === opening.journal) && !isBefore(outcome, opening))
        problems.push(`session ${session}: exchange ${later.exchange} is recorded before ${earlier.exchange}`)
    }
  }
  return problems
}

function isBefore(one: RecordedPart, other: RecordedPart): boolean {
  if (one.journal === other.journal) return one.sequence! < other.sequence!
  return one.timeMs <= other.timeMs
}

function isClose(oneMs: number, otherMs: number): boolean {
  return Math.abs(oneMs - otherMs) < 10 * 60_000
}
