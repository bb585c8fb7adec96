import { ApiClientError, ArgumentError, UnreachableError } from '@airs-cp/client'
import { CommandError } from './command-error.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { fileError, isWriteError } from './file-error.ts'
import type { Settings } from './settings.ts'

export type ErrorDescription = { exitCode: ExitCode; code: string; message: string; details?: unknown }

/** The one translation of errors into a sentence that says what to do, and an exit code. */
export function describeError(error: unknown, settings: () => Settings): ErrorDescription {
  if (error instanceof CommandError) return error
  if (error instanceof ArgumentError)
    return { exitCode: exitCodes.usage, code: 'usage', message: error.message }
  if (error instanceof UnreachableError)
    return {
      exitCode: exitCodes.unreachable,
      code: 'unreachable',
      message: `${error.message}. Is AIRS-CP running there? "npm start" in the checkout starts it; --url or AIRS_URL says where it is.`,
    }
  if (error instanceof ApiClientError) return describeApiError(error, settings())
  if (error instanceof Error && isWriteError(error)) return fileError(error, error.path)
  const message = error instanceof Error ? error.message : String(error)
  return { exitCode: exitCodes.failed, code: 'failed', message }
}

function describeApiError(
  { status, code, message, details }: ApiClientError,
  { url, token }: Settings,
): ErrorDescription {
  const description = { code, message, ...(details !== undefined && { details }) }
  if (code === 'not_airs' || code === 'redirected') return { ...description, exitCode: exitCodes.unreachable }
  if (status === 401)
    return {
      ...description,
      exitCode: exitCodes.notPermitted,
      message: token
        ? `${url.value} does not know the token from ${token.source}. Give its own with AIRS_TOKEN or the configuration file.`
        : description.message,
    }
  if (status === 403) return { ...description, exitCode: exitCodes.notPermitted }
  if (status === 502 || status === 503 || status === 504)
    return {
      ...description,
      exitCode: exitCodes.notReady,
      message: `${description.message}. "airs status" shows what is not ready.`,
    }
  const isRefused = status === 400 || status === 413 || status === 415 || status === 422
  return { ...description, exitCode: isRefused ? exitCodes.usage : exitCodes.failed }
}
