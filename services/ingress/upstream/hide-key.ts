import type { IncomingHttpHeaders } from 'node:http'
import { hiddenCredential, leastCharacters } from '../recording/hide-credentials.ts'
import type { ResponseHandler } from './start-call.ts'

export type HidingKey = ResponseHandler & {
  /** Nothing more comes, and it is not the end: what was kept back goes on, but for what may be the greater part of the key. */
  breakOff(): void
}

const hidden = Buffer.from(hiddenCredential)

/**
 * Takes the server's own key out of what its provider sends, in the head and in the body, also where it came in two chunks: it
 * is neither for the record nor for the client. A chunk that ends like the beginning of the key keeps that end back until the next one.
 * Everything else goes on to `next` as it came.
 * @param key undefined where the provider has none of the server's.
 */
export function hidingKey(key: string | undefined, next: ResponseHandler): HidingKey {
  if (key === undefined || key.length < leastCharacters) return { ...next, breakOff() {} }
  const secret = Buffer.from(key)
  const none = Buffer.alloc(0)
  let waiting: Buffer = none
  return {
    head: (status, headers, source) => next.head(status, withoutKey(headers, key), source),
    data(chunk) {
      const bytes = replaced(waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk]), secret)
      const to = bytes.length - beginningAtEnd(bytes, secret)
      waiting = bytes.subarray(to)
      if (to > 0) next.data(bytes.subarray(0, to))
    },
    end() {
      if (waiting.length > 0) next.data(waiting)
      next.end()
    },
    breakOff() {
      const last = waiting.length < leastCharacters ? waiting : hidden
      waiting = none
      if (last.length > 0) next.data(last)
    },
    error: next.error,
  }
}

function withoutKey(headers: IncomingHttpHeaders, key: string): IncomingHttpHeaders {
  const without = (value: string) => value.replaceAll(key, hiddenCredential)
  let cleaned = headers
  for (const [name, value] of Object.entries(headers))
    if (value?.includes(key) || (Array.isArray(value) && value.some((one) => one.includes(key)))) {
      if (cleaned === headers) cleaned = { ...headers }
      cleaned[name] = Array.isArray(value) ? value.map(without) : without(value!)
    }
  return cleaned
}

function replaced(bytes: Buffer, secret: Buffer): Buffer {
  const parts: Buffer[] = []
  let from = 0
  for (let at = bytes.indexOf(secret); at >= 0; at = bytes.indexOf(secret, from)) {
    parts.push(bytes.subarray(from, at), hidden)
    from = at + secret.length
  }
  return from === 0 ? bytes : Buffer.concat([...parts, bytes.subarray(from)])
}

/** Length of the longest end of `bytes` that the secret begins with. */
function beginningAtEnd(bytes: Buffer, secret: Buffer): number {
  const first = Math.max(0, bytes.length - secret.length + 1)
  for (let at = bytes.indexOf(secret[0]!, first); at >= 0; at = bytes.indexOf(secret[0]!, at + 1))
    if (bytes.compare(secret, 0, bytes.length - at, at) === 0) return bytes.length - at
  return 0
}
