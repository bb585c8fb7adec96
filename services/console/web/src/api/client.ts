import createClient from 'openapi-fetch'
import { csrfToken, sessionEnded } from '../login/session-store.ts'
import type { paths } from './schema.generated.ts'

export type { Schemas } from './schemas.ts'

/** The one client of all control APIs: same origin, the cookie of the session, and its CSRF token on each change. */
export const api = createClient<paths>({ baseUrl: '/', credentials: 'same-origin' })

api.use({
  onRequest({ request }) {
    if (request.method !== 'GET') request.headers.set('X-CSRF-Token', csrfToken())
    return request
  },
})

/** What an API responded instead of what was asked for. */
export class ApiProblem extends Error {
  readonly status: number
  readonly code: string
  readonly details: unknown

  constructor(status: number, code: string, message: string, details?: unknown) {
    super(message)
    this.name = 'ApiProblem'
    this.status = status
    this.code = code
    this.details = details
  }
}

type Received<Data> = { data?: Data; error?: unknown; response: Response }

/** The data of a response. @throws ApiProblem; status 0 where the console itself does not respond. */
export async function read<Data>(asked: Promise<Received<Data>>): Promise<Data> {
  const { data, response } = await responseOf(asked)
  return response.status === 204 ? (undefined as Data) : (data as Data)
}

export function unreachable(): ApiProblem {
  return new ApiProblem(
    0,
    'unreachable',
    'The console does not respond. It may be restarting, or the network is down.',
  )
}

/** The same with the headers, for `ETag`. */
export async function responseOf<Data>(asked: Promise<Received<Data>>): Promise<Received<Data>> {
  let received: Received<Data>
  try {
    received = await asked
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw unreachable()
  }
  const { error, response } = received
  if (error === undefined || response.ok) return received
  const body = (error as { error?: { code?: string; message?: string; details?: unknown } }).error
  if (response.status === 401 && response.url.includes('/v1/')) sessionEnded()
  throw new ApiProblem(
    response.status,
    body?.code ?? 'unknown',
    body?.message ?? `Status ${response.status}`,
    body?.details,
  )
}
