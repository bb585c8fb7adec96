import { ApiProblem } from '../api/client.ts'

/** The sentence of what went wrong with a change. */
export function problemText(error: unknown): string {
  return error instanceof ApiProblem || error instanceof Error ? error.message : String(error)
}
