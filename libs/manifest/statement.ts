import type { VerifierKey } from '@airs-cp/transparency-log'
import { z } from 'zod'
import { CheckpointProblem, checkSignedText, keysOfLog } from './check-checkpoint.ts'

export const statementHeading = 'airs-statement/1'

/** What an audit service says of a range, and signs. Format: docs/log-format.md, "Statement". */
export const statementSchema = z.object({
  from: z.string().nullable(),
  until: z.string().nullable(),
  madeAt: z.string(),
  /** The checkpoint that it rests on: only leaves under it are counted. */
  log: z.object({ origin: z.string(), size: z.int(), root: z.string() }),
  events: z.int(),
  erasedEvents: z.int(),
  requests: z.int(),
  /** Requests that a policy refused; they have no outcome. */
  refusedRequests: z.int(),
  outcomes: z.int(),
  /** Events of drops that reach into the range; they are not among `events`. Absent in statements of 0.2.0 and before. */
  droppedEvents: z.int().optional(),
  drops: z
    .array(
      z.object({
        id: z.string(),
        day: z.string(),
        events: z.int(),
        firstLeaf: z.int(),
        untilLeaf: z.int(),
      }),
    )
    .optional(),
  journals: z.array(
    z.object({ journal: z.string(), first: z.int(), last: z.int(), events: z.int(), missing: z.int() }),
  ),
  /** Every request of the range has its outcome, no journal has a gap, and nothing is recorded that has no leaf, and no leaf is gone but by a drop. */
  complete: z.boolean(),
  /** Why it is not complete, each by name. */
  exceptions: z.array(z.string()),
})
export type Statement = z.infer<typeof statementSchema>

/** The text of the note. */
export function statementText(statement: Statement): string {
  return `${statementHeading}\n${statement.log.origin}\n${JSON.stringify(statement)}\n`
}

export function isStatement(text: string): boolean {
  return text.startsWith(`${statementHeading}\n`)
}

/**
 * A statement that a trusted key of its log has signed.
 * @throws CheckpointProblem saying what is wrong with it.
 */
export function readStatement(
  note: string,
  keys: readonly VerifierKey[],
): { statement: Statement; signedBy: VerifierKey[] } {
  const { text, signedBy } = checkSignedText(note, keys)
  const [, origin, json] = text.split('\n')
  const own = keysOfLog(signedBy, String(origin), 'Statement')
  try {
    return { statement: statementSchema.parse(JSON.parse(json ?? '')), signedBy: own }
  } catch (error) {
    throw new CheckpointProblem(`It cannot be read: ${(error as Error).message}`, { cause: error })
  }
}
