import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import type { PreparedRequest } from '../exchange.ts'

/** Where a response comes from. */
export type Source = { pause(): void; resume(): void; abort(reason: Error): void }

/** Takes a response: its head, then its bytes, then its end or an error. Handlers are put one before the other. */
export type ResponseHandler = {
  head(status: number, headers: IncomingHttpHeaders, source: Source): void
  data(chunk: Buffer): void
  end(): void
  error(error: Error): void
}

/** Sends a request. What comes back goes to `handler`; after `abort` that is at most an error. */
export function startCall(
  { target, method, path, headers, body }: PreparedRequest,
  handler: ResponseHandler,
): Pick<Source, 'abort'> {
  let controller: Dispatcher.DispatchController | undefined
  let abortedFor: Error | undefined
  target.provider.pool.dispatch(
    { method: method as Dispatcher.HttpMethod, path, headers, body: body.length > 0 ? body : null },
    {
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
        handler.error(error)
      },
    },
  )
  return {
    abort(reason) {
      abortedFor = reason
      controller?.abort(reason)
    },
  }
}
