import { parseObject } from '../json.ts'

/** How the mock provider is asked to behave, in the last user message: `mock:latency=50 chunks=20 text="Hello"`. */
export type MockDirectives = {
  /** Before the headers. */
  latencyMs: number
  /** Between chunks. */
  paceMs: number
  /** Number of content chunks of a stream; the default is one a word. */
  chunks?: number
  /** The response's text; a JSON string where it has spaces. */
  text?: string
  /** Length of a filler text, in bytes. */
  sizeBytes?: number
  /** Each `tool=name`, with the `args={…}` that follows it. Arguments are kept as they are written. */
  tools: { name: string; args: string }[]
  /** Respond with this HTTP status; from 400 on with an error body. */
  status?: number
  /** Finish reason, such as `length`. */
  finish?: string
  /** Cut the connection after that many chunks. */
  cutAfterChunks?: number
  /** Fall silent after that many chunks; `hang=true` before the headers. */
  hangAfterChunks?: number | 'headers'
  fault?: MockFault
}

/** Ways in which a provider can break the protocol. */
export const mockFaults = [
  'html', // a web page, as a proxy in between would respond
  'error200', // an error body under status 200
  'malformed', // a frame or body that is not JSON
  'badlength', // a Content-Length that promises more than comes
  'repeated-end', // the stream's terminator twice
  'no-end', // the stream ends without its terminator
  'endless', // the stream never ends
] as const
export type MockFault = (typeof mockFaults)[number]

/** A directive that cannot be carried out; the client gets status 400. */
export class MockDirectiveError extends Error {
  override name = 'MockDirectiveError'
}

const start = /(?:^|\s)mock:(?=[a-z]+=)/

/**
 * Reads the directives out of a message.
 * @returns them, and the message without them.
 */
export function readDirectives(message: string): { directives: MockDirectives; rest: string } {
  const directives: MockDirectives = { latencyMs: 0, paceMs: 0, tools: [] }
  const found = start.exec(message)
  if (!found) return { directives, rest: message }
  let at = found.index + found[0].length
  const key = /\s*([a-z]+)=/y
  while (true) {
    key.lastIndex = at
    const match = key.exec(message)
    if (!match) break
    const { value, end } = readValue(message, key.lastIndex)
    apply(directives, match[1] ?? '', value)
    at = end
  }
  return { directives, rest: `${message.slice(0, found.index)}${message.slice(at)}`.trim() }
}

/** A JSON string, a JSON object as it stands, or a word. */
function readValue(message: string, at: number): { value: string; end: number } {
  const first = message[at]
  if (first === '"') {
    const literal = /"(?:[^"\\]|\\.)*"/sy
    literal.lastIndex = at
    const match = literal.exec(message)
    const parsed = match && parseObject(`{"value":${match[0].replaceAll('\n', '\\n')}}`)
    if (!match || typeof parsed?.value !== 'string') {
      throw new MockDirectiveError(`The quoted value at "${message.slice(at, at + 20)}" does not end`)
    }
    return { value: parsed.value, end: literal.lastIndex }
  }
  if (first === '{') {
    for (let end = message.indexOf('}', at); end !== -1; end = message.indexOf('}', end + 1)) {
      const value = message.slice(at, end + 1)
      if (parseObject(value)) return { value, end: end + 1 }
    }
    throw new MockDirectiveError(`The value at "${message.slice(at, at + 20)}" is not a JSON object`)
  }
  const word = /\S*/y
  word.lastIndex = at
  const value = word.exec(message)?.[0] ?? ''
  return { value, end: at + value.length }
}

const setters: Record<string, (directives: MockDirectives, value: string) => void> = {
  latency: (d, value) => {
    d.latencyMs = whole('latency', value, 600_000)
  },
  pace: (d, value) => {
    d.paceMs = whole('pace', value, 600_000)
  },
  chunks: (d, value) => {
    d.chunks = whole('chunks', value, 1_000_000)
  },
  text: (d, value) => {
    d.text = value
  },
  size: (d, value) => {
    d.sizeBytes = whole('size', value, 256 * 1024 * 1024)
  },
  tool: (d, value) => {
    d.tools.push({ name: value, args: '{}' })
  },
  args: (d, value) => {
    const tool = d.tools.at(-1)
    if (!tool) throw new MockDirectiveError('args= must come after the tool= that it belongs to')
    tool.args = value
  },
  status: (d, value) => {
    d.status = whole('status', value, 599)
    if (d.status < 200) throw new MockDirectiveError(`status=${value} must be between 200 and 599`)
  },
  finish: (d, value) => {
    d.finish = value
  },
  cut: (d, value) => {
    d.cutAfterChunks = whole('cut', value, 1_000_000)
  },
  hang: (d, value) => {
    d.hangAfterChunks = value === 'true' ? 'headers' : whole('hang', value, 1_000_000)
  },
  fault: (d, value) => {
    const fault = mockFaults.find((known) => known === value)
    if (!fault) throw new MockDirectiveError(`fault=${value} is none of ${mockFaults.join(', ')}`)
    d.fault = fault
  },
}

export const directiveNames: readonly string[] = Object.keys(setters)

function apply(directives: MockDirectives, key: string, value: string): void {
  const set = Object.hasOwn(setters, key) ? setters[key] : undefined
  if (!set) {
    throw new MockDirectiveError(`${key}= is not a directive; there are ${directiveNames.join(', ')}`)
  }
  set(directives, value)
}

function whole(key: string, value: string, max: number): number {
  const number = Number(value)
  if (!/^\d+$/.test(value) || number > max) {
    throw new MockDirectiveError(`${key}=${value} must be a whole number up to ${max}`)
  }
  return number
}
