import { readFile } from 'node:fs/promises'
import { CheckpointProblem, readStatement, type Statement } from '@airs-cp/manifest'
import { CommandError } from './command-error.ts'
import type { Context } from './context.ts'
import { exitCodes } from './exit-codes.ts'
import { formatCount, formatNumberOf } from './format.ts'
import { printable } from './printable.ts'
import { keyAdvice, type TrustedKey, trustedKeyLines } from './trusted-keys.ts'

/** Whether a statement is genuine; what it says is shown. @throws CommandError where it is not. */
export async function verifyStatementFile(
  context: Context,
  file: string,
  trusted: readonly TrustedKey[],
): Promise<void> {
  const note = await readFile(file, 'utf8')
  try {
    const { statement, signedBy } = readStatement(
      note,
      trusted.map(({ key }) => key),
    )
    const keys = trusted.filter(({ key }) => signedBy.includes(key))
    context.answer({ file, valid: true, proven: true, problems: [], statement }, () =>
      [`${file} is genuine.`, ...describe(statement), ...trustedKeyLines(keys)].join('\n'),
    )
  } catch (error) {
    if (!(error instanceof CheckpointProblem)) throw error
    context.answer({ file, valid: false, proven: false, problems: [error.message] }, () =>
      printable(error.message),
    )
    throw new CommandError(exitCodes.failed, 'not_verified', `${file} is not verified.${keyAdvice(trusted)}`)
  }
}

function describe(statement: Statement): string[] {
  const { from, until, madeAt, log, events, erasedEvents, requests, refusedRequests, outcomes } = statement
  const range = [from && `from ${from}`, until && `until ${until}`].filter(Boolean).join(' ') || 'everything'
  return [
    `Log ${printable(log.origin)}, under its checkpoint of ${formatCount(log.size)} leaves, said at ${madeAt} of ${range}:`,
    `  ${formatNumberOf(events, 'event')}${erasedEvents > 0 ? `, of ${formatCount(erasedEvents)} the content was erased` : ''}`,
    `  ${formatNumberOf(requests, 'request')} forwarded, ${formatCount(refusedRequests)} refused, ${formatNumberOf(outcomes, 'outcome')}`,
    `  ${formatNumberOf(statement.journals.length, 'journal')}`,
    ...(statement.complete
      ? ['Complete: every request has its outcome, and no journal has a gap.']
      : ['Not complete:', ...statement.exceptions.map((exception) => `  ${printable(exception)}`)]),
  ]
}
