import { isUtf8 } from 'node:buffer'
import { type ContentParts, characterStart, cutBytes, pieceBytes } from '@airs-cp/events'
import { pieceOf, type StoreContent } from './content-pieces.ts'
import {
  commonEnds,
  commonRuns,
  putTogether,
  type Recorded,
  type Stretch,
  stretchesWithin,
} from './stretches.ts'

/** Smaller bodies stand in their events, and larger ones are recorded as if nothing had come before them. */
export const smallestBytes = 4 * 1024
export const largestBytes = 4 * 1024 * 1024
/** Text from this size on is a piece: a smaller one costs less where it is repeated than an event of its own. */
const smallestPieceBytes = 1_024
/** Of new text the end stays in the event: clients change it most, such as a marker for the provider's cache, which moves on. */
const marginBytes = 64
/** What is new is cut, so that a change within it has little recorded again. */
const cutAtBytes = 32 * 1024
/** Of one conversation; agents ask on behalf of others within one session. */
const mostBodies = 4
/** With more, a body is recorded anew. */
const mostParts = 256

type Conversation = { place: string; bodies: Recorded[] }

export type Conversations = {
  /**
   * The parts of a body: references to what is recorded of the bodies before it, and what is new.
   * @param conversation whose bodies repeat each other.
   * @param place of the journal: what is recorded elsewhere is not referred to.
   * @returns undefined where nothing is known that it repeats.
   */
  parts(conversation: string, place: string, body: Buffer, store: StoreContent): ContentParts | undefined
  /** Notes how a body is recorded that `parts` has returned nothing of. */
  remember(conversation: string, place: string, body: Buffer, parts: ContentParts): void
  forget(conversation: string): void
  clear(): void
}

/**
 * Remembers the last bodies of each conversation, so that of the next one only what is new is recorded. What was not used for longest is
 * forgotten first.
 * @param mostBytes of all bodies that are remembered.
 */
export function createConversations(mostBytes = 64 * 1024 * 1024): Conversations {
  const known = new Map<string, Conversation>()
  let knownBytes = 0

  function take(name: string, place: string): Recorded[] {
    const found = known.get(name)
    forget(name)
    return found?.place === place ? found.bodies : []
  }

  function keep(name: string, place: string, bodies: Recorded[]): void {
    known.set(name, { place, bodies })
    knownBytes += bytesOf(bodies)
    for (const [oldest] of known) {
      if (knownBytes <= mostBytes) break
      forget(oldest)
    }
  }

  function forget(name: string): void {
    knownBytes -= bytesOf(known.get(name)?.bodies ?? [])
    known.delete(name)
  }

  return {
    parts(name, place, body, store) {
      if (body.length < smallestBytes || body.length > largestBytes) return undefined
      const bodies = take(name, place)
      const before = isUtf8(body) ? mostAlike(bodies, body) : undefined
      const stretches = before && recordStretches(before, body, store)
      if (!before || !stretches || stretches.length > mostParts) {
        if (bodies.length > 0) keep(name, place, bodies)
        return undefined
      }
      const others = before.isContinued ? bodies.filter((one) => one !== before.recorded) : bodies
      keep(name, place, [...others, { body, stretches }].slice(-mostBodies))
      return partsOf(stretches, body)
    },
    remember(name, place, body, parts) {
      if (body.length < smallestBytes || body.length > largestBytes || !isUtf8(body)) return
      const stretches = parts.map((part) =>
        typeof part === 'string'
          ? { bytes: Buffer.byteLength(part) }
          : { bytes: part.bytes, sha256: part.sha256 },
      )
      keep(name, place, [...take(name, place), { body, stretches }].slice(-mostBodies))
    },
    forget,
    clear() {
      known.clear()
      knownBytes = 0
    },
  }
}

function bytesOf(bodies: readonly Recorded[]): number {
  return bodies.reduce((sum, { body }) => sum + body.length, 0)
}

type Before = {
  recorded: Recorded
  ends: { prefix: number; suffix: number }
  /** Most of it is in the body, which takes its place. */
  isContinued: boolean
}

/** The body that has most in common with another one at its beginning and end; undefined where that is little. */
function mostAlike(bodies: readonly Recorded[], body: Buffer): Before | undefined {
  let best: Before | undefined
  let most = smallestPieceBytes
  for (const recorded of bodies.toReversed()) {
    const ends = commonEnds(recorded.body, body)
    const common = ends.prefix + ends.suffix
    if (common < most) continue
    best = { recorded, ends, isContinued: common * 2 >= recorded.body.length }
    most = common + 1
  }
  return best
}

function recordStretches({ recorded, ends }: Before, body: Buffer, store: StoreContent): Stretch[] {
  const runs = commonRuns(recorded, body, ends)
  const stretches: Stretch[] = []
  let at = 0
  /** Records text of these bytes from `at` on: short text stays, what is long becomes pieces, without the margins. */
  const add = (bytes: number, headBytes = 0) => {
    const end = at + bytes
    if (bytes >= smallestPieceBytes + headBytes + marginBytes) {
      const from = headBytes > 0 ? characterStart(body, at + headBytes) : at
      const to = characterStart(body, end - marginBytes)
      if (from > at) stretches.push({ bytes: from - at })
      const size = Math.min(pieceBytes, Math.max(cutAtBytes, Math.ceil((to - from) / 32)))
      for (const piece of cutBytes(body.subarray(from, to), size)) stretches.push(store(pieceOf(piece)))
      if (end > to) stretches.push({ bytes: end - to })
    } else if (bytes > 0) stretches.push({ bytes })
    at = end
  }
  for (const [index, { a, b, bytes }] of runs.entries()) {
    add(b - at)
    const isLast = index === runs.length - 1
    for (const stretch of stretchesWithin(recorded.stretches, a, a + bytes)) {
      if (stretch.sha256 === undefined) add(stretch.bytes, isLast && at === b ? marginBytes : 0)
      else {
        stretches.push(stretch)
        at += stretch.bytes
      }
    }
    // What two bodies begin with is the least likely to change.
    if (index === 0)
      stretches.splice(0, Number.POSITIVE_INFINITY, ...recordNested(putTogether(stretches), body, 0, store))
  }
  return stretches
}

/** Records pieces that are made of others, those within before those around them. */
function recordNested(
  stretches: readonly Stretch[],
  body: Buffer,
  start: number,
  store: StoreContent,
): Stretch[] {
  let at = start
  return stretches.map((stretch) => {
    const from = at
    at += stretch.bytes
    if (stretch.sha256 !== undefined || !stretch.inner) return stretch
    const inner = recordNested(stretch.inner, body, from, store)
    const bytes = body.subarray(from, at)
    const parts = partsOf(inner, bytes)
    return { ...store(pieceOf(bytes, parts)), inner }
  })
}

function partsOf(stretches: readonly Stretch[], body: Buffer): ContentParts {
  const parts: ContentParts = []
  let at = 0
  for (const { bytes, sha256 } of stretches) {
    const last = parts.at(-1)
    if (sha256 !== undefined) parts.push({ sha256, bytes })
    else {
      const text = body.toString('utf8', at, at + bytes)
      if (typeof last === 'string') parts[parts.length - 1] = last + text
      else parts.push(text)
    }
    at += bytes
  }
  return parts
}
