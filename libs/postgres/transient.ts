const transientClasses = new Set(['08', '40', '53', '57', '58'])
const transientCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOENT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  '25P03',
  '55P03',
  '25006',
])
const transientMessages = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'Client has encountered a connection error',
  'Connection ended unexpectedly',
  'not queryable',
]

const queryCancelled = '57014'

/**
 * Whether a statement took longer than it may, or was cancelled. It may do so again: a batch does it in smaller parts,
 * and nobody tries it for ever.
 */
export function isTimeout(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause)
    if ((at as { code?: unknown }).code === queryCancelled) return true
  return false
}

/**
 * Whether the same statement may succeed later without any change: Postgres is unavailable, out of resources, or gave up a
 * transaction (classes 08, 40, 53, 57 and 58 of its error codes, but for statements that take too long, see `isTimeout`).
 * Anything else is a fault of the data or of ours.
 */
export function isTransient(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const { code, message } = at as { code?: unknown; message: string }
    if (code === queryCancelled) return false
    if (typeof code === 'string' && (transientCodes.has(code) || transientClasses.has(code.slice(0, 2))))
      return true
    if (transientMessages.some((text) => message.includes(text))) return true
    if (at instanceof AggregateError && at.errors.some(isTransient)) return true
  }
  return false
}
