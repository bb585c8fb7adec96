import { readFile } from 'node:fs/promises'
import {
  CheckpointProblem,
  type DropRecord,
  isDropRecord,
  readDropRecord,
  readStatement,
  type Statement,
} from '@airs-cp/manifest'
import type { VerifierKey } from '@airs-cp/transparency-log'
import { CommandError } from './command-error.ts'
import type { Context } from './context.ts'
import { exitCodes } from './exit-codes.ts'
import { formatCount, formatNumberOf } from './format.ts'
import { printable } from './printable.ts'
import { keyAdvice, type TrustedKey, trustedKeyLines } from './trusted-keys.ts'

/** Whether a statement, or the record of a drop, is genuine; what it says is shown. @throws CommandError where it is not. */
export async function verifyStatementFile(
  context: Context,
  file: string,
  trusted: readonly TrustedKey[],
): Promise<void> {
  const note = await readFile(file, 'utf8')
  try {
    const { said, lines, signedBy } = readSigned(
      note,
      trusted.map(({ key }) => key),
    )
    const keys = trusted.filter(({ key }) => signedBy.includes(key))
    context.result({ file, valid: true, proven: true, problems: [], ...said }, () =>
      [`${file} is genuine.`, ...lines, ...trustedKeyLines(keys)].join('\n'),
    )
  } catch (error) {
    if (!(error instanceof CheckpointProblem)) throw error
    context.result({ file, valid: false, proven: false, problems: [error.message] }, () =>
      printable(error.message),
    )
    throw new CommandError(exitCodes.failed, 'not_verified', `${file} is not verified.${keyAdvice(trusted)}`)
  }
}

function readSigned(note: string, keys: readonly VerifierKey[]) {
  if (isDropRecord(note)) {
    const { record, signedBy } = readDropRecord(note, keys)
    return { said: { drop: record }, lines: describeDropRecord(record), signedBy }
  }
  const { statement, signedBy } = readStatement(note, keys)
  return { said: { statement }, lines: describe(statement), signedBy }
}

function describeDropRecord({ log, ...record }: DropRecord): string[] {
  const { day, sealedAt, events, kept, requests, refusedRequests, outcomes, first, last, journals } = record
  return [
    `Log ${printable(log.origin)} has dropped ${formatNumberOf(events, 'event')} that were recorded on ${printable(day)}; this was signed before, at ${sealedAt}:`,
    `  of ${first} to ${last}: ${formatNumberOf(requests, 'request')} forwarded, ${formatCount(refusedRequests)} refused, ${formatNumberOf(outcomes, 'outcome')}`,
    `  leaves ${formatCount(log.firstLeaf)} to ${formatCount(log.untilLeaf - 1)}, of ${formatNumberOf(journals.length, 'journal')}`,
    ...(kept > 0
      ? [`  ${formatNumberOf(kept, 'event')} of that day stayed: on hold, or with content that others used`]
      : []),
  ]
}

function describe(statement: Statement): string[] {
  const { from, until, madeAt, log, events, erasedEvents, requests, refusedRequests, outcomes } = statement
  const limits = [from && `from ${from}`, until && `until ${until}`].filter(Boolean).join(' ')
  const range = limits === '' ? 'everything' : `what was recorded ${limits}`
  return [
    `Log ${printable(log.origin)}, under its checkpoint of ${formatNumberOf(log.size, 'leaf', 'leaves')}, states at ${madeAt} of ${range}:`,
    `  ${formatNumberOf(events, 'event')}${erasedEvents > 0 ? `, of ${formatCount(erasedEvents)} the content was erased` : ''}`,
    `  ${formatNumberOf(requests, 'request')} forwarded, ${formatCount(refusedRequests)} refused, ${formatNumberOf(outcomes, 'outcome')}`,
    `  ${formatNumberOf(statement.journals.length, 'journal')}`,
    ...(statement.drops ?? []).map(
      ({ day, events: dropped, firstLeaf, untilLeaf, id }) =>
        `  dropped, beside these: ${formatNumberOf(dropped, 'event')} of ${printable(day)}, leaves ${formatCount(firstLeaf)} to ${formatCount(untilLeaf - 1)} (drop ${printable(id)})`,
    ),
    ...(statement.complete
      ? ['Complete: every request has its outcome, and no journal has a gap.']
      : ['Not complete:', ...statement.exceptions.map((exception) => `  ${printable(exception)}`)]),
  ]
}
