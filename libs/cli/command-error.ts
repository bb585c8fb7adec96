import type { ExitCode } from './exit-codes.ts'

/** A command that ends without success, with a sentence for the person who gave it. */
export class CommandError extends Error {
  override name = 'CommandError'
  readonly exitCode: ExitCode
  readonly code: string
  readonly details?: unknown

  constructor(
    exitCode: ExitCode,
    code: string,
    message: string,
    options?: ErrorOptions & { details?: unknown },
  ) {
    super(message, options)
    this.exitCode = exitCode
    this.code = code
    if (options?.details !== undefined) this.details = options.details
  }
}
