import { randomBytes } from 'node:crypto'

/** Context of a call, sent beside the call itself. */
export type CallContext = {
  sessionId?: string | undefined
  tags?: readonly string[] | undefined
  agent?: string | undefined
  /** Where the text of a prompt comes from. */
  sources?: readonly string[] | undefined
}

export type HeaderRecord = Record<string, string>

const maxItems = 32
const maxCharacters = 256
const printable = /^[!-~](?:[ -~]*[!-~])?$/

/** @throws TypeError for what a header cannot carry, or what the gateway would cut off. */
export function contextHeaders({ sessionId, tags, agent, sources }: CallContext): HeaderRecord {
  const headers: HeaderRecord = {}
  if (sessionId !== undefined) headers['x-session-id'] = textOf('sessionId', sessionId)
  if (agent !== undefined) headers['x-airs-agent'] = textOf('agent', agent)
  if (tags !== undefined) headers['x-airs-tags'] = listOf('tags', tags)
  if (sources !== undefined) headers['x-airs-sources'] = listOf('sources', sources)
  return headers
}

function textOf(name: string, value: unknown): string {
  if (typeof value !== 'string') throw new TypeError(`${name} must be a string, not ${typeof value}`)
  if (!printable.test(value))
    throw new TypeError(
      `${name} ${JSON.stringify(value)} cannot be sent: it must be printable ASCII, not empty, without spaces around it`,
    )
  if (value.length > maxCharacters)
    throw new TypeError(`${name} has ${value.length} characters; the gateway keeps ${maxCharacters}`)
  return value
}

function listOf(name: string, values: unknown): string {
  if (!Array.isArray(values)) throw new TypeError(`${name} must be a list of strings, not ${typeof values}`)
  if (values.length > maxItems)
    throw new TypeError(`${name} has ${values.length} entries; the gateway keeps ${maxItems}`)
  for (const value of values)
    if (textOf(name, value).includes(','))
      throw new TypeError(`${name} ${JSON.stringify(value)} has a comma in it, which separates entries`)
  return values.join(',')
}

/** A UUIDv7 (RFC 9562, section 5.7), as the gateway mints them: by time of creation when sorted as text. */
export function newSessionId(): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(Date.now(), 0, 6)
  bytes[6] = 0x70 | (bytes[6]! & 0x0f)
  bytes[8] = 0x80 | (bytes[8]! & 0x3f)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
