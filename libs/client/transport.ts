import { text as readText } from 'node:stream/consumers'
import { ApiClientError, ArgumentError, notAirsError, UnreachableError } from './errors.ts'
import { unreachableReason } from './unreachable-reason.ts'

export type Query = Record<string, string | number | undefined>

export type CallOptions = {
  query?: Query
  /** Sent as JSON. */
  json?: unknown
  /** Sent as it is. */
  body?: { type: string; text: string }
  headers?: Record<string, string>
  signal?: AbortSignal
  /** A status beside 2xx whose body is a response and not an error. */
  answerStatus?: number
}

export type Answer = {
  status: number
  headers: Record<string, string | string[] | undefined>
  /** @throws UnreachableError when the connection breaks before the end. */
  body: AsyncIterable<Buffer>
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

export type Transport = {
  /** The address of the control origin. */
  base: string
  /**
   * Calls the API; the body of the response has to be read to its end.
   * @throws ApiClientError, UnreachableError
   */
  open(method: Method, path: string, options?: CallOptions): Promise<Answer>
  /** The text of a response; empty for 204. */
  text(method: Method, path: string, options?: CallOptions): Promise<string>
  /** A response as JSON. Its type is the API's word: it is not validated a second time. */
  json<Result>(method: Method, path: string, options?: CallOptions): Promise<Result>
  close(): Promise<void>
}

const connectTimeoutMs = 5_000
const answerTimeoutMs = 60_000

export function createTransport(base: string, token: string | undefined): Transport {
  const { origin, pathname } = new URL(base)
  const prefix = pathname === '/' ? '' : pathname
  const loading = onFirstUse(async () => {
    const { Agent } = await import('undici')
    return new Agent({
      connect: { timeout: connectTimeoutMs },
      headersTimeout: answerTimeoutMs,
      bodyTimeout: answerTimeoutMs,
    })
  })

  const open: Transport['open'] = async (method, path, options = {}) => {
    const agent = await loading()
    const { query = {}, json, body, headers, signal, answerStatus } = options
    const response = await agent
      .request({
        origin,
        path: `${prefix}${path}${queryString(query)}`,
        method,
        signal: signal ?? null,
        headers: {
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(json !== undefined && { 'content-type': 'application/json' }),
          ...(body && { 'content-type': body.type }),
          ...headers,
        },
        body: json === undefined ? (body?.text ?? null) : JSON.stringify(json),
      })
      .catch((error: unknown) => {
        throw toUnreachable(base, error, signal)
      })
    const { statusCode: status } = response
    const answer = { status, headers: response.headers, body: readBody(base, response.body, signal) }
    if ((status >= 200 && status < 300) || status === answerStatus) return answer
    throw toApiError(base, answer, await readText(answer.body))
  }
  const text: Transport['text'] = async (...call) => readText((await open(...call)).body)

  return {
    base,
    open,
    text,
    async json(...call) {
      const answer = await open(...call)
      const body = await readText(answer.body)
      if (body === '') return undefined as never
      const result = parseJson(body)
      if (result === undefined) throw notAirsError(base, answer.status)
      return result as never
    },
    async close() {
      if (loading.isUsed()) await (await loading()).destroy()
    },
  }
}

/** A part of a path, such as a name that a person typed. */
export function pathSegment(value: string): string {
  if (value === '' || value === '.' || value === '..')
    throw new ArgumentError(`"${value}" is not a name or an id`)
  return encodeURIComponent(value)
}

function queryString(query: Query): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) parameters.set(name, String(value))
  return parameters.size === 0 ? '' : `?${parameters}`
}

async function* readBody(
  base: string,
  body: AsyncIterable<Buffer>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  try {
    yield* body
  } catch (error) {
    throw toUnreachable(base, error, signal)
  }
}

/** What the caller aborted stays an abortion. */
function toUnreachable(base: string, error: unknown, signal: AbortSignal | undefined): unknown {
  return signal?.aborted ? signal.reason : new UnreachableError(base, unreachableReason(error), error)
}

function toApiError(base: string, { status, headers }: Answer, body: string): ApiClientError {
  const { error } = (parseJson(body) ?? {}) as {
    error?: { code?: string; message?: string; details?: unknown; type?: string }
  }
  // An error with a type is of the ingress, in the shape of its providers.
  if (error?.code && error.message && error.type === undefined)
    return new ApiClientError(status, error.code, error.message, error.details)
  if (status >= 300 && status < 400 && typeof headers.location === 'string')
    return new ApiClientError(
      status,
      'redirected',
      `${base} has moved to ${headers.location}: use that address`,
    )
  return notAirsError(base, status)
}

function parseJson(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

/** Loading undici takes longer than everything else that a short-lived command does. */
function onFirstUse<Result>(load: () => Promise<Result>): (() => Promise<Result>) & { isUsed(): boolean } {
  let loading: Promise<Result> | undefined
  const get = () => {
    loading ??= load()
    return loading
  }
  return Object.assign(get, { isUsed: () => loading !== undefined })
}
