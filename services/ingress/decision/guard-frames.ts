import {
  type FrameText,
  frameJson,
  readFrame,
  type SseFrame,
  type WireFormat,
  withFrameEdits,
} from '@airs-cp/providers'
import type { FrameGuard } from '../exchange.ts'
import type { StreamFilter } from './restore-response.ts'
import { createStringChanges, type StringChanges } from './string-changes.ts'

/** A string of the answer. One that is told anew, and otherwise than before, goes through another channel of the guard. */
type Said = {
  path: string
  channel: string
  changes: StringChanges
  isOver: boolean
  /** It came at once, and not in pieces. */
  isWhole: boolean
  /** Of arguments of a call. */
  tool: string | undefined
}

/**
 * Text of a frame is replaced by what the guard releases; what the guard still holds of a string when it is complete goes
 * out before the frame that completes it, and a repetition of the string says what went out. All of a frame is judged
 * before anything of it is released.
 *
 * Left out, since they would tell what was taken out or point to another place than they did: log probabilities, which spell
 * the text out once more, and annotations that point behind a change of their text.
 */
export function createFrameGuard(format: WireFormat, guard: StreamFilter): FrameGuard {
  const follower = format.createFollower()
  const delivered = format.repeatsTexts ? format.createAssembler() : undefined
  const said = new Map<string, Said>()
  const byChannel = new Map<string, Said>()
  let changed = false
  let failure: string | undefined

  const emit = (frame: SseFrame): SseFrame => {
    follower.push(frame)
    delivered?.push(frame)
    return frame
  }

  function judge(frame: SseFrame): SseFrame[] {
    const json = frameJson(frame)
    if (!json && frame.data !== '' && frame.data !== '[DONE]')
      throw new Error('a frame of it is no JSON object')
    const texts = format.frameTexts(frame)
    hear(frame, texts)
    if (guard.blockedBy()) return []

    const released = new Map<FrameText, string>()
    for (const text of texts) if (!text.whole) released.set(text, releaseOf(said.get(text.channel)!))
    for (const text of texts) {
      const one = said.get(text.channel)!
      if (one.isWhole) releaseOf(one)
    }
    const before = flush()
    if (!json) return [...before, emit(frame)]
    const edits = texts.flatMap((text) => {
      const told = released.get(text) ?? said.get(text.channel)!.changes.released()
      return told === text.text ? [] : [{ path: text.path, text: told }]
    })
    const judged = withFrameEdits(format, frame, edits, (path) => said.get(path)?.changes.changedFrom())
    if (judged === frame) return [...before, emit(frame)]
    changed = true
    return judged ? [...before, emit(judged)] : before
  }

  /** Lets the guard see all that a frame says, and what it completes. */
  function hear(frame: SseFrame, texts: readonly FrameText[]): void {
    for (const { channel, name, text } of format.reportedCalls(frame))
      call(said.get(channel) ?? open(channel, format.repeatsTexts), name, text)
    for (const { channel, text, kind, whole } of texts)
      if (!whole)
        take(said.get(channel) ?? open(channel, format.repeatsTexts), text, kind === 'tool-arguments')
    const wholes = texts.filter(({ whole }) => whole)
    for (const { channel, text } of wholes) {
      const known = said.get(channel)
      if (!known) takeWhole(open(channel, true), text)
      else if (known.changes.isEmpty() && !known.isOver) takeWhole(known, text)
    }
    complete(format.completedBy(frame))
    for (const { channel, text } of wholes)
      if (said.get(channel)!.changes.received() !== text) takeWhole(open(channel, true), text)
  }

  function open(path: string, keeps: boolean): Said {
    const tool = said.get(path)?.tool
    const channel = said.has(path) ? `${path}\0${byChannel.size}` : path
    const opened = { path, channel, changes: createStringChanges(keeps), isOver: false, isWhole: false, tool }
    said.set(path, opened)
    byChannel.set(channel, opened)
    if (tool !== undefined) call(opened, tool, undefined)
    return opened
  }

  function call(one: Said, tool: string, told: string | undefined): void {
    one.tool = tool
    guard.call(one.channel, tool, { path: one.path, told })
  }

  function take({ channel, path, changes }: Said, text: string, isArguments: boolean): void {
    guard.push(channel, text, { path, isArguments })
    changes.receive(text)
  }

  function takeWhole(whole: Said, text: string): void {
    whole.isWhole = true
    take(whole, text, false)
    end(whole)
  }

  function end(ended: Said): void {
    if (ended.isOver) return
    ended.isOver = true
    guard.end(ended.channel)
  }

  function complete(prefixes: readonly string[]): void {
    if (prefixes.length === 0) return
    for (const one of byChannel.values()) if (prefixes.some((prefix) => one.path.startsWith(prefix))) end(one)
  }

  function releaseOf({ channel, changes }: Said): string {
    const text = guard.release(channel)
    changes.release(text)
    return text
  }

  /** What is held of strings that are complete, as frames. @throws when the format cannot say it; then it must not be said. */
  function flush(): SseFrame[] {
    return guard.held().flatMap((channel) => {
      const one = byChannel.get(channel)!
      const text = one.isOver ? releaseOf(one) : ''
      if (text === '') return []
      changed = true
      const frame = follower.textFrame(one.path, text)
      if (frame === undefined) throw new Error(`the text held of ${one.path} has no frame to go in`)
      return [emit(readFrame(Buffer.from(frame)))]
    })
  }

  const guarded = (work: () => SseFrame[]): SseFrame[] => {
    if (failure !== undefined || guard.blockedBy()) return []
    try {
      const frames = work()
      return guard.blockedBy() ? [] : frames
    } catch (error) {
      failure = `The answer could not be judged by policy and is withheld: ${(error as Error).message}`
      return []
    }
  }

  return {
    push: (frame) => guarded(() => judge(frame)),
    end: () =>
      guarded(() => {
        complete(['/'])
        return flush()
      }),
    blockedMessage: () => guard.blockedBy()?.message ?? failure,
    blockedEnding: (identity, message) => follower.blockedEnding(identity, message, delivered?.result()),
    hasChanged: () => changed,
  }
}
