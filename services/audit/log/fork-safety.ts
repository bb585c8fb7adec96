import type { Hash } from '@airs-cp/transparency-log'

/** What there is of the log when the service starts, or after anything went wrong. */
export type LogEvidence = {
  /** Origin by the file of keys; undefined where there is no file. */
  keyOrigin: string | undefined
  /** Of the file of the last signed checkpoint. */
  lastSigned: { origin: string; size: number; root: Hash } | undefined
  /** The log that the database has; undefined where it has none. */
  stored: { origin: string; size: number; publishedSize: number | undefined } | undefined
  /** Root of what is stored, at the size of the last signed checkpoint; undefined where it is smaller. */
  storedRoot: Hash | undefined
}

export type HaltReason =
  | 'key-missing'
  | 'other-key'
  | 'checkpoint-missing'
  | 'database-missing'
  | 'database-behind'
  | 'database-differs'

export type LogState =
  /** Nothing was ever signed: make a key, and begin. */
  | { kind: 'new' }
  | { kind: 'sound' }
  /** Nothing is signed until an operator has decided. `problem` says what is wrong, and what to do. */
  | { kind: 'halted'; reason: HaltReason; problem: string }

const beginAnew = 'or begin a new log that names this one: airs log begin --reason TEXT'

/**
 * Whether the log may go on. It may where what the database holds is a continuation of what was signed last; everything
 * else would be a fork, or cannot be distinguished from one.
 *
 * | keys | last signed | database | |
 * |---|---|---|---|
 * | none | none | no log | new |
 * | none | any | a log, or a checkpoint was signed | halted: `key-missing` |
 * | of another origin | any | a log | halted: `other-key` |
 * | there | none | a log with a published checkpoint | halted: `checkpoint-missing` |
 * | there | none | no log, or one without a checkpoint | sound: nothing was signed |
 * | there | there | no log | halted: `database-missing` |
 * | there | there | fewer leaves | halted: `database-behind` |
 * | there | there | another root | halted: `database-differs` |
 * | there | there | a continuation | sound |
 */
export function judgeLog({ keyOrigin, lastSigned, stored, storedRoot }: LogEvidence): LogState {
  const halted = (reason: HaltReason, problem: string): LogState => ({ kind: 'halted', reason, problem })
  if (keyOrigin === undefined) {
    if (!stored && !lastSigned) return { kind: 'new' }
    return halted(
      'key-missing',
      `The key of log ${stored?.origin ?? lastSigned?.origin} is missing: restore the file of keys, ${beginAnew}`,
    )
  }
  const other = [stored?.origin, lastSigned?.origin].find(
    (origin) => origin !== undefined && origin !== keyOrigin,
  )
  if (other !== undefined)
    return halted(
      'other-key',
      `The keys are of log ${keyOrigin}, but what is stored is of log ${other}: restore what belongs together, ${beginAnew}`,
    )
  if (!lastSigned)
    return stored?.publishedSize === undefined
      ? { kind: 'sound' }
      : halted(
          'checkpoint-missing',
          `The file of the last signed checkpoint is missing, so nobody can say whether the database was put back: restore the file, ${beginAnew}`,
        )
  if (!stored)
    return halted(
      'database-missing',
      `The log has ${lastSigned.size} leaves by its last signed checkpoint, and the database has no log: restore the database, ${beginAnew}`,
    )
  if (stored.size < lastSigned.size)
    return halted(
      'database-behind',
      `The log has ${lastSigned.size} leaves by its last signed checkpoint, and the database has ${stored.size}: it was put back. Restore a newer backup, ${beginAnew}`,
    )
  if (!storedRoot?.equals(lastSigned.root))
    return halted(
      'database-differs',
      `The first ${lastSigned.size} leaves in the database are not those that were signed: it was changed. Restore a backup, ${beginAnew}`,
    )
  return { kind: 'sound' }
}
