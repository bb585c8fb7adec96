import { beginsAsJson, createRestorer, restoreText, type StreamGuard } from '@airs-cp/policy-engine'
import {
  readResponseTexts,
  rewriteResponse,
  rewriteStream,
  type TextEdit,
  type WireFormat,
} from '@airs-cp/providers'
import type { Relayed } from '../exchange.ts'
import { readPlain, readStream } from './read-response.ts'

/** What the text of a stream passes through. */
export type StreamFilter = Pick<StreamGuard, 'push' | 'call' | 'end' | 'release' | 'held' | 'blockedBy'> & {
  hasRestored(): boolean
}

/** Puts back into a stream what reversible policies took out of its request, after `guard` has judged it. */
export function createRestoringFilter(
  format: WireFormat,
  restorations: ReadonlyMap<string, string>,
  guard: StreamGuard | undefined,
): StreamFilter {
  const restorer = createRestorer(restorations)
  const ended = new Set<string>()
  const arrived = new Map<string, string>()
  const judged = guard ?? {
    push: (channel: string, text: string) => void arrived.set(channel, (arrived.get(channel) ?? '') + text),
    call() {},
    end() {},
    release(channel: string) {
      const text = arrived.get(channel) ?? ''
      arrived.delete(channel)
      return text
    },
    held: () => [...arrived.keys()],
    blockedBy: () => undefined,
  }
  return {
    push: judged.push,
    call: judged.call,
    end(channel) {
      judged.end(channel)
      ended.add(channel)
    },
    release(channel) {
      const restored = restorer.push(channel, judged.release(channel), isJsonText(format, channel))
      return ended.has(channel) ? restored + restorer.end(channel) : restored
    },
    held: () => [...new Set([...judged.held(), ...restorer.held()])],
    blockedBy: judged.blockedBy,
    hasRestored: restorer.hasRestored,
  }
}

/** A string that is sent anew goes through another channel of the guard (`guard-frames.ts`). */
function isJsonText(format: WireFormat, name: string): boolean {
  return format.isJsonText(name.split('\0', 1)[0]!)
}

/**
 * The same for a response that was held whole. One that cannot be read or rewritten keeps its placeholders, and so does an
 * response that has none: undefined.
 */
export function restoreResponse(
  format: WireFormat,
  { stream }: Relayed,
  body: Buffer,
  restorations: ReadonlyMap<string, string>,
): Buffer | undefined {
  const read = stream ? readStream(format, body) : readPlain(body)
  if (!read.json) return undefined
  const { texts } = readResponseTexts(format, read.json)
  const edits: TextEdit[] = texts.flatMap(({ path, text, fixed }) => {
    if (fixed) return []
    const isJson = format.isJsonText(path) || beginsAsJson(text) === true
    const restored = restoreText(text, restorations, isJson)
    return restored === text ? [] : [{ path, text: restored }]
  })
  if (edits.length === 0) return undefined
  try {
    return read.frames
      ? Buffer.concat(rewriteStream(format, read.frames, texts, edits).map(({ raw }) => raw))
      : Buffer.from(rewriteResponse(format, read.written, texts, edits))
  } catch {
    return undefined
  }
}
