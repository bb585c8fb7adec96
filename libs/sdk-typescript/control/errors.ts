import { OpenAIError } from 'openai'

/** A control API responded with an error, or could not be reached (`status` is undefined then). */
export class ControlError extends OpenAIError {
  override name = 'ControlError'
  readonly code: string
  readonly status: number | undefined
  readonly details: unknown

  constructor(
    message: string,
    { code, status, details, cause }: { code: string; status?: number; details?: unknown; cause?: unknown },
  ) {
    super(message, { cause })
    this.code = code
    this.status = status
    this.details = details
  }
}

/** An export ended without a file. */
export class ExportFailed extends OpenAIError {
  override name = 'ExportFailed'
}

/** A file is not what AIRS-CP exported. */
export class VerificationFailed extends OpenAIError {
  override name = 'VerificationFailed'
  /** A sentence for each thing that is not as it should be. */
  readonly problems: readonly string[]

  constructor(message: string, problems: readonly string[] = [message]) {
    super(message)
    this.problems = problems
  }
}
