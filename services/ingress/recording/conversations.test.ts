import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  type ContentParts,
  contentFinder,
  mostDepth,
  type RecordedContent,
  referencesIn,
  sha256Hex,
} from '@airs-cp/events'
import fc from 'fast-check'
import { agentSession } from '../../../test/support/agent-session.ts'
import { createConversations } from './conversations.ts'

/** What is recorded, by place and conversation: a reference that leads elsewhere finds nothing. */
function createStore(mostBytes?: number) {
  const conversations = createConversations(mostBytes)
  const recorded = new Map<string, Map<string, RecordedContent>>()
  let bytes = 0
  const storeOf = (name: string, place: string) => {
    const key = `${place} ${name}`
    const found = recorded.get(key) ?? new Map<string, RecordedContent>()
    recorded.set(key, found)
    return found
  }
  return {
    conversations,
    bytes: () => bytes,
    record(name: string, place: string, body: Buffer): ContentParts {
      const pieces = storeOf(name, place)
      const parts = conversations.parts(name, place, body, (piece) => {
        const content: RecordedContent = JSON.parse([piece.json()].flat().join(''))
        for (const sha256 of referencesIn(content.parts))
          assert.ok(pieces.has(sha256), 'what it is made of came before')
        if (!pieces.has(content.sha256)) {
          pieces.set(content.sha256, content)
          bytes += JSON.stringify(content).length
        }
        return { sha256: content.sha256, bytes: content.bytes }
      })
      const whole = parts ?? [body.toString()]
      if (!parts) conversations.remember(name, place, body, whole)
      bytes += JSON.stringify(whole).length
      return whole
    },
    read(name: string, place: string, parts: ContentParts): Buffer {
      const pieces = storeOf(name, place)
      const find = contentFinder((sha256) => pieces.get(sha256))
      return Buffer.concat(
        parts.map((part) => {
          if (typeof part === 'string') return Buffer.from(part)
          assert.ok(depthOf(pieces, part.sha256) <= mostDepth)
          const found = find(part.sha256)!
          assert.equal(sha256Hex(found), part.sha256)
          return found
        }),
      )
    },
  }
}

function depthOf(pieces: ReadonlyMap<string, RecordedContent>, sha256: string): number {
  const inner = referencesIn(pieces.get(sha256)?.parts).map((one) => depthOf(pieces, one))
  return 1 + Math.max(0, ...inner)
}

describe('bodies of conversations', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc
      .tuple(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 400 }))
      .map(([some, times]) => some.repeat(times)),
    fc.nat().map((seed) => Array.from({ length: 300 }, (_, at) => ((seed + 1) * (at + 7)) % 9_973).join(' ')),
  )
  const change = fc.oneof(
    { weight: 8, arbitrary: fc.record({ kind: fc.constant('append' as const), text }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('edit' as const), at: fc.nat(), text }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const), at: fc.nat(), text }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('compact' as const), text }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('mask' as const),
        at: fc.nat(),
        text: fc.constant('[EMAIL]'),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('move' as const), text: fc.constant('') }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const), text: fc.constant('') }) },
  )
  const turn = fc.record({ session: fc.nat({ max: 2 }), markers: fc.nat({ max: 3 }), change })

  test('come back byte for byte, from pieces of their own, nested no deeper than may be', () => {
    fc.assert(
      fc.property(
        fc.array(turn, { maxLength: 60 }),
        fc.integer({ min: 8_000, max: 400_000 }),
        (turns, room) => {
          const store = createStore(room)
          const sessions = [0, 1, 2].map(() => ['a'.repeat(3_000)])
          let place = 0
          const written: [name: string, place: string, body: Buffer, parts: ContentParts][] = []
          for (const { session, markers, change } of turns) {
            const messages = sessions[session]!
            if (change.kind === 'move') place++
            else if (change.kind === 'forget') store.conversations.clear()
            else if (change.kind === 'append') messages.push(change.text)
            else if (change.kind === 'compact') messages.splice(0, messages.length, change.text)
            else if (change.kind === 'cut') messages.splice(change.at % messages.length)
            else messages[change.at % messages.length] = change.text
            const marked = messages.map((said, at) =>
              at >= messages.length - markers ? { said, marker: true } : { said },
            )
            const body = Buffer.from(
              JSON.stringify({ model: 'm', messages: marked, tools: ['t'.repeat(2_000)] }),
            )
            const name = `session ${session}`
            written.push([name, `day ${place}`, body, store.record(name, `day ${place}`, body)])
          }
          for (const [name, day, body, parts] of written)
            assert.ok(store.read(name, day, parts).equals(body), 'the bytes are those of the body')
        },
      ),
      { numRuns: 300 },
    )
  })

  test('of any bytes come back too', () => {
    const some = fc.array(fc.oneof(fc.constantFrom(...'aé世🌍'), fc.string({ unit: 'binary' })), {
      maxLength: 30,
    })
    fc.assert(
      fc.property(
        fc.array(fc.tuple(some, some, fc.integer({ min: 1, max: 300 })), { maxLength: 20 }),
        (bodies) => {
          const store = createStore()
          for (const [head, tail, times] of bodies) {
            const body = Buffer.from(head.join('') + '🌍é'.repeat(times * 8) + tail.join('').repeat(times))
            assert.ok(store.read('n', 'p', store.record('n', 'p', body)).equals(body))
          }
        },
      ),
      {
        examples: [
          [
            [
              [['𐀀'], [], 86],
              [[], [], 86],
            ],
          ],
        ],
      },
    )
  })

  const shapes = {
    'that grow at their end': { markers: 0 },
    'whose markers move': { markers: 2 },
    'with edited messages': { editsAt: [40, 90, 120, 180] },
    'that are summarised': { compactsAt: [60, 130] },
    'with branches': { branchesAt: [80, 150] },
    'of long turns': { finalBytes: 1_500_000 },
  }
  for (const [name, shape] of Object.entries(shapes))
    test(`cost at most three times what was said, ${name}`, () => {
      const store = createStore()
      const bodies = agentSession({ turns: 200, finalBytes: 300_000, ...shape })
      const parts = bodies.map((body) => store.record('n', 'p', body))
      for (let at = 0; at < bodies.length; at += 7)
        assert.ok(store.read('n', 'p', parts[at]!).equals(bodies[at]!))
      // A session that was cut short has said more than its longest request says.
      const said = Math.max(300_000, ...bodies.map(({ length }) => length))
      assert.ok(store.bytes() < said * 3, `${(store.bytes() / said).toFixed(2)} times what was said`)
    })

  test('of agents that take turns in one session are each known', () => {
    const store = createStore()
    const agents = [1, 2, 3].map((seed) => agentSession({ turns: 60, finalBytes: 100_000, seed }))
    for (let turn = 0; turn < 60; turn++)
      for (const bodies of agents) {
        const parts = store.record('n', 'p', bodies[turn]!)
        assert.ok(store.read('n', 'p', parts).equals(bodies[turn]!))
      }
    const last = agents.reduce((sum, bodies) => sum + bodies.at(-1)!.length, 0)
    assert.ok(store.bytes() < last * 3.5, `${store.bytes() / last}`)
  })

  test('of long sessions are made of few parts', () => {
    const store = createStore()
    const bodies = agentSession({ turns: 1_000, finalBytes: 1_500_000 })
    const parts = bodies.map((body) => store.record('n', 'p', body))
    assert.ok(Math.max(...parts.map(({ length }) => length)) < 60)
    assert.ok(store.read('n', 'p', parts.at(-1)!).equals(bodies.at(-1)!))
  })
})
