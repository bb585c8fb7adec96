import type { VerifierKey } from '@airs-cp/transparency-log'
import { z } from 'zod'
import { CheckpointProblem, checkSignedText, keysOfLog } from './check-checkpoint.ts'

export const dropHeading = 'airs-drop/1'

/** What a log signs of events before they are dropped. Format: docs/log-format.md, "Record of a drop". */
export const dropRecordSchema = z.object({
  id: z.string(),
  /** The day (UTC) on which the event store took these events. */
  day: z.string(),
  sealedAt: z.string(),
  log: z.object({
    origin: z.string(),
    firstLeaf: z.int(),
    untilLeaf: z.int(),
    /** Of the log up to `untilLeaf`, not included. */
    root: z.string(),
  }),
  events: z.int(),
  kept: z.int(),
  requests: z.int(),
  refusedRequests: z.int(),
  outcomes: z.int(),
  /** Times of the first and the last of the events. */
  first: z.string(),
  last: z.string(),
  journals: z.array(z.object({ journal: z.string(), first: z.int(), last: z.int(), events: z.int() })),
  /** The leaves of the events: ranges, of which the second number is not included. */
  leaves: z.array(z.tuple([z.int(), z.int()])),
})
export type DropRecord = z.infer<typeof dropRecordSchema>

/** The text of the note. */
export function dropText(record: DropRecord): string {
  return `${dropHeading}\n${record.log.origin}\n${JSON.stringify(record)}\n`
}

export function isDropRecord(text: string): boolean {
  return text.startsWith(`${dropHeading}\n`)
}

/**
 * A record that a trusted key of its log has signed.
 * @throws CheckpointProblem saying what is wrong with it.
 */
export function readDropRecord(
  note: string,
  keys: readonly VerifierKey[],
): { origin: string; record: DropRecord; signedBy: VerifierKey[] } {
  const { text, signedBy } = checkSignedText(note, keys)
  const [heading, origin = '', json] = text.split('\n')
  const own = keysOfLog(signedBy, origin, 'Record of a drop')
  try {
    if (heading !== dropHeading) throw new Error(`its first line is not ${dropHeading}`)
    return { origin, record: dropRecordSchema.parse(JSON.parse(json ?? '')), signedBy: own }
  } catch (error) {
    throw new CheckpointProblem(`It cannot be read: ${(error as Error).message}`, { cause: error })
  }
}
