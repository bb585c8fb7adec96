import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http'
import * as http from 'node:http'
import * as https from 'node:https'
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
  errorStatus?: number
}

export type OpenResponse = {
  status: number
  headers: IncomingHttpHeaders
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
  open(method: Method, path: string, options?: CallOptions): Promise<OpenResponse>
  /** The text of a response; empty for 204. */
  text(method: Method, path: string, options?: CallOptions): Promise<string>
  /** A response as JSON. Its type is the API's word: it is not validated a second time. */
  json<Result>(method: Method, path: string, options?: CallOptions): Promise<Result>
  close(): Promise<void>
}

const connectTimeoutMs = 5_000
const responseTimeoutMs = 60_000
/** Shorter than servers keep an idle connection: none is used that is about to be closed. */
const idleMs = 4_000

export function createTransport(base: string, token: string | undefined): Transport {
  const { Agent, request } = base.startsWith('https:') ? https : http
  const agent = new Agent({ keepAlive: true, timeout: idleMs })
  const closing = new AbortController()

  const open: Transport['open'] = async (method, path, options = {}) => {
    const { query = {}, json, body, headers, signal, errorStatus } = options
    const watch = createWatch([closing.signal, ...(signal ? [signal] : [])])
    const toError = (error: unknown) => {
      if (signal?.aborted) return signal.reason
      const cause = watch.signal.aborted ? watch.signal.reason : error
      return new UnreachableError(base, unreachableReason(cause), cause)
    }
    const sent = request(`${base}${path}${queryString(query)}`, {
      agent,
      method,
      signal: watch.signal,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...(body && { 'content-type': body.type }),
        ...headers,
      },
    })
    watch.expect('no connection', connectTimeoutMs)
    sent.once('socket', (socket) => {
      const connected = () => watch.expect('no response')
      if (socket.connecting) socket.once('connect', connected)
      else connected()
    })
    sent.end(json === undefined ? body?.text : JSON.stringify(json))
    const response = await responseOf(sent)
      .catch((error: unknown) => {
        throw toError(error)
      })
      .finally(watch.rest)
    const status = response.statusCode!
    const opened = { status, headers: response.headers, body: readBody(response, watch, toError) }
    if ((status >= 200 && status < 300) || status === errorStatus) return opened
    throw toApiError(base, opened, await readText(opened.body))
  }
  const text: Transport['text'] = async (...call) => readText((await open(...call)).body)

  return {
    base,
    open,
    text,
    async json(...call) {
      const { status, body } = await open(...call)
      const received = await readText(body)
      if (received === '') return undefined as never
      const result = parseJson(received)
      if (result === undefined) throw notAirsError(base, status)
      return result as never
    },
    async close() {
      closing.abort(new Error('the client was closed'))
      agent.destroy()
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

function responseOf(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve)
    // An error may come after the response, too, which then has it.
    request.on('error', reject)
  })
}

async function* readBody(
  response: IncomingMessage,
  watch: Watch,
  toError: (error: unknown) => unknown,
): AsyncGenerator<Buffer> {
  try {
    watch.expect('no more of the response')
    for await (const chunk of response as AsyncIterable<Buffer>) {
      watch.rest()
      yield chunk
      watch.expect('no more of the response')
    }
  } catch (error) {
    throw toError(error)
  } finally {
    watch.rest()
  }
}

type Watch = ReturnType<typeof createWatch>

/** Aborts when one of the signals does, and when what is expected does not come in time. */
function createWatch(signals: AbortSignal[]) {
  const late = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const rest = () => clearTimeout(timer)
  const signal = AbortSignal.any([late.signal, ...signals])
  signal.addEventListener('abort', rest, { once: true })
  return {
    signal,
    expect(what: string, withinMs = responseTimeoutMs) {
      rest()
      timer = setTimeout(() => late.abort(new Error(`${what} in time`)), withinMs)
    },
    rest,
  }
}

function toApiError(base: string, { status, headers }: OpenResponse, body: string): ApiClientError {
  const { error } = (parseJson(body) ?? {}) as {
    error?: { code?: string; message?: string; details?: unknown; type?: string }
  }
  // An error with a type is of the ingress, in the shape of its providers.
  if (error?.code && error.message && error.type === undefined)
    return new ApiClientError(status, error.code, error.message, error.details)
  const { location } = headers
  if (status >= 300 && status < 400 && location !== undefined)
    return new ApiClientError(status, 'redirected', `${base} has moved to ${location}: use that address`)
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
