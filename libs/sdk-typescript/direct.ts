/** Requests that went to the provider because the gateway could not be reached. */
export type DirectCalls = { count: number }

/** Counts one, and warns of the first. */
export function countDirectCall(calls: DirectCalls, gateway: string, provider: string): void {
  calls.count += 1
  if (calls.count === 1)
    process.emitWarning(
      `The AIRS-CP gateway at ${gateway} cannot be reached: calls go directly to ${provider}, undecided and unrecorded`,
      'DirectCallWarning',
    )
}

const connectionCodes = new Set(['UND_ERR_CONNECT_TIMEOUT', 'ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED'])

/** Whether no connection could be made, so that nothing of the request has left this machine. */
export function isConnectionFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof AggregateError)
    return error.errors.length > 0 && error.errors.every(isConnectionFailure)
  const { code, syscall } = error as NodeJS.ErrnoException
  if (syscall === 'connect' || syscall === 'getaddrinfo') return true
  if (code !== undefined && connectionCodes.has(code)) return true
  return error.cause !== undefined && isConnectionFailure(error.cause)
}

/**
 * The same request for the provider, without what is meant for the gateway; undefined where it has to stay here: it is
 * not below the gateway's address, or carries a key that only the gateway knows.
 */
export function directRequest(
  url: string,
  init: RequestInit,
  { gateway, provider, apiKey }: { gateway: string; provider: string; apiKey: string | undefined },
): { url: string; init: RequestInit } | undefined {
  const base = gateway.replace(/\/+$/, '')
  if (url !== base && !url.startsWith(`${base}/`)) return undefined
  const headers = new Headers(init.headers)
  for (const name of [...headers.keys()])
    if (name.startsWith('x-airs-') || name === 'x-session-id') headers.delete(name)
  if (apiKey !== undefined) headers.set('authorization', `Bearer ${apiKey}`)
  else if (isGatewayKey(headers.get('authorization'))) return undefined
  return { url: provider + url.slice(base.length), init: { ...init, headers } }
}

/** Whether `airs keys create` made this key. No provider must ever see one. */
export function isGatewayKey(credential: unknown): boolean {
  return typeof credential === 'string' && /^(Bearer\s+)?airs-/.test(credential)
}
