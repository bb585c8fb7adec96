import { ControlError } from './errors.js'
import type { Location } from './location.js'

export type Query = Record<string, string | number | undefined>

export type AskOptions = {
  query?: Query
  /** Sent as JSON. */
  body?: unknown
  headers?: Record<string, string>
  signal?: AbortSignal | undefined
}

/** Calls the control APIs. @throws ControlError for an error, and where no connection can be made. */
export type Transport = {
  url: string
  open(method: 'GET' | 'POST', path: string, options?: AskOptions): Promise<Response>
  text(method: 'GET' | 'POST', path: string, options?: AskOptions): Promise<string>
  /** Its type is the API's word. */
  json<Result>(method: 'GET' | 'POST', path: string, options?: AskOptions): Promise<Result>
}

export function createTransport({ url, token }: Location): Transport {
  const open: Transport['open'] = async (method, path, { query = {}, body, headers, signal } = {}) => {
    const address = new URL(`${url}${path}`)
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) address.searchParams.set(name, String(value))
    const response = await fetch(address, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: signal ?? null,
    }).catch((error: unknown) => {
      throw signal?.aborted ? signal.reason : unreachable(url, error)
    })
    if (response.ok) return response
    throw toError(url, response.status, await response.text())
  }
  const text: Transport['text'] = async (...call) => {
    const response = await open(...call)
    return response.text().catch((error: unknown) => {
      throw call[2]?.signal?.aborted ? call[2].signal.reason : unreachable(url, error)
    })
  }
  return {
    url,
    open,
    text,
    async json(...call) {
      const received = await text(...call)
      try {
        return JSON.parse(received)
      } catch {
        throw notAirs(url, 200)
      }
    },
  }
}

export function unreachable(url: string, cause: unknown): ControlError {
  const { message, cause: inner } = cause as Error
  const reason = inner instanceof Error ? inner.message : message
  return new ControlError(`Cannot reach ${url}: ${reason}`, { code: 'unreachable', cause })
}

/** Whether the service is unavailable, perhaps for a moment only. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof ControlError)) return false
  return error.code === 'unreachable' || [502, 503, 504].includes(error.status ?? 0)
}

function toError(url: string, status: number, body: string): ControlError {
  try {
    const { error } = JSON.parse(body) as {
      error: { code: string; message: string; details?: unknown; type?: string }
    }
    // An error with a type is of the gateway, or of a provider.
    if (error.type === undefined && error.code && error.message)
      return new ControlError(error.message, { code: error.code, status, details: error.details })
  } catch {
    return notAirs(url, status)
  }
  return notAirs(url, status)
}

function notAirs(url: string, status: number): ControlError {
  return new ControlError(
    `The server at ${url} (it responded with status ${status}) is not AIRS-CP's control origin: check the address (airsUrl, AIRS_URL)`,
    { code: 'not_airs', status },
  )
}
