import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import type { PreparedRequest } from '../exchange.ts'
import type { ConnectionAware } from '../routing/provider-pool.ts'

/** Where a response comes from. */
export type Source = { pause(): void; resume(): void; abort(reason: Error): void }

/** Takes a response: its head, then its bytes, then its end or an error. Handlers are put one before the other. */
export type ResponseHandler = {
  head(status: number, headers: IncomingHttpHeaders, source: Source): void
  data(chunk: Buffer): void
  end(): void
  /** @param isStale of a connection that was used before, and that the other side has closed. */
  error(error: Error, isStale: boolean): void
}

/**
 * Sends a request. What comes back goes to `handler`; after `abort` that is at most an error.
 * @param isNew on a connection of its own.
 */
export function startCall(
  { target, method, path, headers, body }: PreparedRequest,
  handler: ResponseHandler,
  isNew = false,
): Pick<Source, 'abort'> {
  let controller: Dispatcher.DispatchController | undefined
  let abortedFor: Error | undefined
  const receiver: ConnectionAware = {
    onRequestStart(started) {
      controller = started
      if (abortedFor) started.abort(abortedFor)
    },
    onResponseStart(started, status, responseHeaders) {
      if (status >= 200) handler.head(status, responseHeaders, started)
    },
    onResponseData(_controller, chunk) {
      handler.data(chunk)
    },
    onResponseEnd() {
      handler.end()
    },
    onResponseError(_controller, error) {
      handler.error(error, receiver.isReused === true && isClosed(error))
    },
  }
  const request = {
    method: method as Dispatcher.HttpMethod,
    path,
    headers,
    body: body.length > 0 ? body : null,
  }
  if (isNew) target.provider.onNewConnection(request, receiver)
  else target.provider.pool.dispatch(request, receiver)
  return {
    abort(reason) {
      abortedFor = reason
      controller?.abort(reason)
    },
  }
}

const closed = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'])

function isClosed(error: Error): boolean {
  return closed.has((error as { code?: string }).code ?? '')
}
