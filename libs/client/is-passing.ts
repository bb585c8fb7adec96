import { ApiClientError, UnreachableError } from './errors.ts'

/** Whether the same call may succeed a little later: AIRS-CP, or a service behind it, is unavailable. */
export function isPassing(error: unknown): error is ApiClientError | UnreachableError {
  return error instanceof UnreachableError || (error instanceof ApiClientError && error.status >= 500)
}
