import type { ServerResponse } from 'node:http'
import { readResponseTurns, type Turn } from '@airs-cp/providers'
import type { Exchange, Understood } from '../exchange.ts'
import { createKnownHistories, HistoryDigest } from './known-histories.ts'

/** Longer requests begin sessions of their own, and longer responses are not recognised. */
const longestRequestBytes = 1024 ** 2
const longestResponseBytes = 512 * 1024
/** Of all responses that are on their way. */
const mostHeldBytes = 16 * 1024 ** 2

/** May give an exchange another session. */
export type JoinSession = (
  asked: Pick<Understood, 'format' | 'json'> & {
    exchange: Pick<Exchange, 'tenant' | 'caller' | 'address' | 'session' | 'isSessionNamed' | 'method'>
    body: Buffer
    response: ServerResponse
  },
) => void

/**
 * Gives a request whose client names no session the session that its history continues: what it repeats is what the same client
 * asked and got before, word for word. A client without a credential is known by its address. A history that was edited, that
 * another client has, that two sessions have, or that is not known here begins a new session; one that continues an earlier point
 * of a session, or the same point twice, is a branch and has the same session.
 *
 * What a client got is read as soon as all of it has been sent, so before any request that continues it.
 */
export function createSessionJoiner(histories = createKnownHistories()): JoinSession {
  const room = { heldBytes: 0 }

  return ({ exchange, format, json, body, response }) => {
    if (!json || !format.generatesText || exchange.method !== 'POST' || body.length > longestRequestBytes)
      return
    if (exchange.isSessionNamed || exchange.session.startsWith('trace-')) return
    const asked = readable(() => format.requestTurns(json))
    if (!asked) return
    const { turns, continues } = asked
    const owner = JSON.stringify([exchange.tenant, exchange.caller ?? exchange.address ?? ''])
    const repeated = turns.findLastIndex(isOfModel) + 1
    const digest = new HistoryDigest().add(turns.slice(0, repeated))
    const history = continues !== undefined ? idOf(continues) : repeated > 0 ? digest.value() : undefined
    exchange.session = (history && histories.find(owner, history)) ?? exchange.session
    onceSent(response, room, (bytes) => {
      if (response.statusCode !== 200 || response.hasHeader('content-encoding')) return
      const got = readable(() => readResponseTurns(bytes))
      if (got?.id !== undefined) histories.remember(owner, idOf(got.id), exchange.session)
      if (!got?.turns.some(isOfModel)) return
      digest.add(turns.slice(repeated)).add(got.turns)
      histories.remember(owner, digest.last(), exchange.session)
    })
  }
}

/**
 * Keeps what is sent to a client until all of it has been.
 * @param read is called with it then, unless it is too long or the client left.
 */
function onceSent(
  response: ServerResponse,
  room: { heldBytes: number },
  read: (bytes: Buffer) => void,
): void {
  let chunks: Buffer[] | undefined = []
  let bytes = 0
  const forget = () => {
    room.heldBytes -= bytes
    bytes = 0
    chunks = undefined
  }
  const keep = (chunk: unknown) => {
    if (!chunks || (typeof chunk !== 'string' && !(chunk instanceof Uint8Array))) return
    const length = Buffer.byteLength(chunk)
    if (bytes + length > longestResponseBytes || room.heldBytes + length > mostHeldBytes) return forget()
    chunks.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk))
    bytes += length
    room.heldBytes += length
  }
  const { write, end } = response as unknown as { write: Send; end: Send }
  const sent: { write: Send; end: Send } = {
    write(...args) {
      keep(args[0])
      return write.apply(response, args)
    },
    end(...args) {
      keep(args[0])
      const ended = end.apply(response, args)
      const all = response.destroyed ? undefined : chunks
      forget()
      if (all) read(all.length === 1 ? all[0]! : Buffer.concat(all))
      return ended
    },
  }
  Object.assign(response, sent)
  response.once('close', forget)
}

type Send = (...args: unknown[]) => unknown

/** What cannot be read as a conversation joins nothing, and stops nothing. */
function readable<Read>(read: () => Read): Read | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

function isOfModel({ kind, role }: Turn): boolean {
  return role === 'assistant' && kind !== 'reasoning'
}

function idOf(response: string): string {
  return `response ${response.slice(0, 256)}`
}
