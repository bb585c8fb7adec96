import type { ArchivedDay } from '@airs-cp/client'

type Day = Pick<ArchivedDay, 'day' | 'state' | 'generation' | 'from' | 'until'>

/**
 * Which archived days a query reads, and from which leaf on it has the rest from the event store. A day without a file is no reason to pass
 * over those behind it: they may be in no other place.
 * @param days oldest first.
 * @param generation of the log that goes on; null where nobody knows.
 * @returns `archived` of that log, and `former`: of logs before it, whose events have other leaves now, so that some may be in both.
 * `rest` undefined: all of the event store.
 */
export function readableDays<Known extends Day>(
  days: readonly Known[],
  generation: number | null,
): { archived: Known[]; former: Known[]; rest: number | undefined } {
  const own = days.filter((day) => day.generation === generation)
  const isThere = ({ state }: Known) => state === 'archived'
  return {
    archived: own.filter(isThere),
    former: days.filter((day) => day.generation !== generation && isThere(day)),
    rest: own.find((day) => !isThere(day))?.from ?? own.at(-1)?.until,
  }
}
