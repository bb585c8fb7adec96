import type { IncomingHttpHeaders } from 'node:http'
import { createDecoder, isPacked } from '../admission/unpack-body.ts'
import type { ResponseHandler, Source } from './start-call.ts'
import { UpstreamError } from './upstream-error.ts'

/**
 * Unpacks a response that is packed although it was asked for as it is, no faster than what comes out is taken: what
 * cannot be read cannot be decided on. Every other response goes on to `next` untouched.
 */
export function decoding(provider: string, next: ResponseHandler): ResponseHandler {
  let stage = next
  return {
    head(status, headers, source) {
      const encoding = String(headers['content-encoding'] ?? '')
      if (isPacked(encoding)) stage = unpacking({ provider, encoding, source, next })
      stage.head(status, headers, source)
    },
    data: (chunk) => stage.data(chunk),
    end: () => stage.end(),
    error: (error, isStale) => stage.error(error, isStale),
  }
}

function unpacking({
  provider,
  encoding,
  source,
  next,
}: {
  provider: string
  encoding: string
  source: Source
  next: ResponseHandler
}): ResponseHandler {
  const decoder = createDecoder(encoding)
  let isEmpty = true
  const fail = (cause?: Error) => {
    const error = notUnpacked(provider, encoding, cause)
    source.abort(error)
    next.error(error, false)
  }
  if (!decoder) return { head: () => fail(), data() {}, end() {}, error() {} }
  decoder
    .on('data', (chunk: Buffer) => next.data(chunk))
    .once('end', () => next.end())
    .once('error', fail)
    .on('drain', () => source.resume())
  const unpacked: Source = {
    pause: () => decoder.pause(),
    resume: () => decoder.resume(),
    abort(reason) {
      decoder.destroy()
      source.abort(reason)
    },
  }
  return {
    head: (status, headers) => next.head(status, withoutEncoding(headers), unpacked),
    data(chunk) {
      isEmpty = false
      if (!decoder.destroyed && !decoder.write(chunk)) source.pause()
    },
    end() {
      // Of a response without a body the label says what there would be.
      if (isEmpty) {
        decoder.destroy()
        next.end()
      } else if (!decoder.destroyed) decoder.end()
    },
    error(error, isStale) {
      decoder.destroy()
      next.error(error, isStale)
    },
  }
}

function withoutEncoding({ 'content-encoding': _, ...headers }: IncomingHttpHeaders): IncomingHttpHeaders {
  return headers
}

function notUnpacked(provider: string, encoding: string, cause: Error | undefined): UpstreamError {
  return new UpstreamError(
    'upstream_malformed',
    `Provider ${provider} sent a response in Content-Encoding ${encoding} that cannot be unpacked${cause ? ` (${cause.message})` : ''}; it was asked for one that is not packed`,
    { cause },
  )
}
