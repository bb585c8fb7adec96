import { ApiClientError } from '@airs-cp/client'
import { CommandError } from './command-error.ts'
import { exitCodes } from './exit-codes.ts'

type Problem = { line: number; column: number; message: string; policy?: string }

/** Does something with the policies of a file; what is wrong with them is reported as `FILE:LINE:COLUMN`, one per line. */
export async function namingPolicyFile<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ApiClientError) || error.code !== 'policy_invalid') throw error
    const name = file === '-' ? 'standard input' : file
    const problems = (error.details ?? []) as Problem[]
    const lines = problems.map(
      ({ line, column, message, policy }) =>
        `${name}:${line}:${column}: ${policy === undefined ? '' : `policy ${policy}: `}${message}`,
    )
    const message = lines.length > 0 ? lines.join('\n') : `${name}: ${error.message}`
    throw new CommandError(exitCodes.usage, error.code, message, { cause: error, details: error.details })
  }
}
