import {
  ApiClientError,
  ArgumentError,
  DigestMismatchError,
  ExportEndedError,
  UnreachableError,
} from '@airs-cp/client'
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

/** An error of the control client as this package declares it. @internal */
export function toSdkError(error: unknown): unknown {
  if (error instanceof ApiClientError) {
    const { code, status, details } = error
    const message = code === 'not_airs' ? `${error.message} (airsUrl, AIRS_URL)` : error.message
    return new ControlError(message, { code, status, details, cause: error })
  }
  if (error instanceof UnreachableError)
    return new ControlError(error.message, { code: 'unreachable', cause: error })
  if (error instanceof ExportEndedError) return new ExportFailed(error.message, { cause: error })
  if (error instanceof DigestMismatchError) return new VerificationFailed(error.message)
  if (error instanceof ArgumentError) return new TypeError(error.message, { cause: error })
  return error
}

/** @internal */
export async function withSdkErrors<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw toSdkError(error)
  }
}

/** @internal */
export async function* eachWithSdkErrors<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item> {
  try {
    yield* items
  } catch (error) {
    throw toSdkError(error)
  }
}
