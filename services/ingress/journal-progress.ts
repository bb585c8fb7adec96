import { journalProgressSchema } from '@airs-cp/events'
import { z } from 'zod'

const range = z.tuple([z.int().positive(), z.int().positive()])

/** What the audit service reports of a journal; with `missing`, exactly which sequences up to `seen` it does not have. */
export const progressSchema = journalProgressSchema.extend({ missing: z.array(range).optional() })
export type Progress = z.infer<typeof progressSchema>

/**
 * Up to which sequence everything is committed, apart from what the journal's own files have `lost`: that can never
 * arrive, and must not keep what comes after it from being deleted.
 */
export function confirmedUpTo(progress: Progress, lost: readonly { from: number; to: number }[]): number {
  const { committed, seen, missing } = progress
  if (committed >= seen || missing === undefined) return committed
  const isLost = (from: number, to: number) => lost.some((gone) => gone.from <= from && to <= gone.to)
  const open = missing.toSorted(([a], [b]) => a - b).find(([from, to]) => !isLost(from, to))
  return Math.max(committed, open ? open[0] - 1 : seen)
}
