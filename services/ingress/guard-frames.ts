import {
  type AnswerIdentity,
  begunCalls,
  type FormatId,
  frameJson,
  type JsonObject,
  readFrame,
  replaceTexts,
  type SseFrame,
  type TextEdit,
  type WireFormat,
  withFrameJson,
  withoutLogprobs,
} from '@airs-cp/providers'
import type { StreamFilter } from './restore-answer.ts'

/** Formats whose frames can be judged one by one. The Responses API repeats whole texts, and is held whole instead. */
const guardable: ReadonlySet<FormatId> = new Set(['openai.chat', 'openai.completions', 'anthropic.messages'])

/** Passes an answer's frames through a guard, in the client's format. */
export type FrameGuard = {
  /** The frames that may go to the client now. */
  push(frame: SseFrame): SseFrame[]
  /** The stream is over: what was still held. */
  end(): SseFrame[]
  /** Why the stream must end here, once it must. */
  blockedMessage(): string | undefined
  /** Ends the stream where it is, in the way of its format. */
  blockedEnding(identity: AnswerIdentity, message: string): string
  /** Whether the client gets anything else than the provider sent. */
  hasChanged(): boolean
}

export function canGuardFrames(format: WireFormat): boolean {
  return guardable.has(format.id)
}

/**
 * Text of a frame is replaced by what the guard releases; what the guard still holds of a string when it is complete goes
 * out before the frame that completes it. Log probabilities spell the text out once more and are left out.
 */
export function createFrameGuard(format: WireFormat, guard: StreamFilter): FrameGuard {
  const follower = format.createFollower()
  let changed = false
  let failure: string | undefined

  const emit = (frame: SseFrame): SseFrame => {
    follower.push(frame)
    return frame
  }

  function judge(frame: SseFrame): SseFrame[] {
    const json = frameJson(frame)
    if (!json) {
      if (frame.data !== '' && frame.data !== '[DONE]') throw new Error('a frame of it is no JSON object')
      return [emit(frame)]
    }
    const completed = completedBy(format.id, json)
    const edits: TextEdit[] = []
    for (const { channel, name } of begunCalls(format.id, frame)) guard.call(channel, name)
    for (const { path, channel, text, kind } of format.frameTexts(frame)) {
      const released = guard.push(channel, text, { hold: kind === 'tool-arguments' })
      const rest = completed.some((prefix) => channel.startsWith(prefix)) ? guard.end(channel) : ''
      if (released + rest !== text) edits.push({ path, text: released + rest })
    }
    const before = flush(completed)
    const judged = withoutLogprobs(replaceTexts(json, edits))
    if (judged === json) return [...before, emit(frame)]
    changed = true
    return [...before, emit(withFrameJson(frame, judged))]
  }

  /** What is held of these strings, as frames. @throws when the format cannot say it; then it must not be said. */
  function flush(prefixes: string[]): SseFrame[] {
    const channels = guard.held().filter((channel) => prefixes.some((prefix) => channel.startsWith(prefix)))
    return channels.flatMap((channel) => {
      const text = guard.end(channel)
      if (text === '') return []
      changed = true
      const frame = follower.textFrame(channel, text)
      if (frame === undefined) throw new Error(`the text held of ${channel} has no frame to go in`)
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
    end: () => guarded(() => flush([''])),
    blockedMessage: () => guard.blockedBy()?.message ?? failure,
    blockedEnding: (identity, message) => follower.blockedEnding(identity, message),
    hasChanged: () => changed,
  }
}

/** Pointers to the parts of the answer that a frame completes. */
function completedBy(format: FormatId, json: JsonObject): string[] {
  if (json.type === 'content_block_stop') return [`/content/${String(json.index)}/`]
  if (json.type === 'message_delta') return ['/content/']
  if (format === 'anthropic.messages' || !Array.isArray(json.choices)) return []
  return (json.choices as JsonObject[]).flatMap((choice) =>
    choice?.finish_reason === null || choice?.finish_reason === undefined
      ? []
      : [`/choices/${String(choice.index)}/`],
  )
}
