import { randomUUID } from 'node:crypto'
import type { Random } from './random.ts'
import type { Call } from './send-exchange.ts'

const words = [
  'Grüße',
  'audit',
  '世界',
  'journal',
  '🌍',
  'exchange',
  'naïve',
  '"quoted"',
  'back\\slash',
  '\n',
]
/** Documents that several exchanges repeat, as a conversation does, by their largest size and number. */
const repeated = new Map<string, string>()

/** A plain or streamed chat completion that no other equals, of 1 KB up to `largestBytes`, most of them small. */
export function makeCall(random: Random, largestBytes: number): Call {
  const marker = randomUUID()
  const stream = random.fraction() < 0.5
  const pace = stream && random.fraction() < 0.2 ? 60 : 3
  const directives = `mock:latency=${random.between(0, 20)} chunks=${random.between(2, 20)} pace=${pace}`
  const body = JSON.stringify({
    model: 'fault-model',
    stream,
    messages: [
      { role: 'system', content: document(random, largestBytes) },
      { role: 'user', content: `${marker} ${responseText(random, largestBytes)} ${directives}` },
    ],
  })
  return { marker, session: `fault-${random.between(0, 999)}`, stream, body: Buffer.from(body) }
}

function document(random: Random, largestBytes: number): string {
  const kind = random.fraction()
  if (kind < 0.8) return text(random, random.between(900, Math.min(8_000, largestBytes)))
  const bytes = random.between(Math.min(8_000, largestBytes), largestBytes)
  if (kind < 0.95) return text(random, bytes)
  const which = `${largestBytes} ${random.between(0, 3)}`
  const document = repeated.get(which) ?? text(random, bytes)
  repeated.set(which, document)
  return document
}

function responseText(random: Random, largestBytes: number): string {
  return text(random, random.fraction() < 0.95 ? random.between(10, 600) : random.between(600, largestBytes))
}

function text(random: Random, bytes: number): string {
  const parts: string[] = []
  for (let length = 0; length < bytes; ) {
    const word = `${words[random.between(0, words.length - 1)]}${random.between(0, 9_999)} `
    parts.push(word)
    length += Buffer.byteLength(word)
  }
  return parts.join('')
}
