import { atOnce, type Slices } from '@airs-cp/events'
import {
  createFrameParser,
  createStreamTokenCounter,
  frameJson,
  type SseFrame,
  type StreamTranslator,
  type WireFormat,
} from '@airs-cp/providers'
import { createChunkTimes } from '@airs-cp/runtime'
import type { FrameGuard } from '../exchange.ts'

import type { HoldBack } from './hold-back.ts'
import { frameReportsError } from './reports-error.ts'
import type { ResponseBody } from './response-body.ts'
import { UpstreamError } from './upstream-error.ts'

/** Of a stream's end: its terminator, and what a provider may send after it. */
export const endLimitBytes = 64 * 1024

/** Takes frames one by one. */
type TakeFrame = (frame: SseFrame) => void

/**
 * An event stream: its bytes become frames, which are followed, translated, judged and held back, each step a function
 * that calls the next one. What came in one chunk is judged together and sent in one write.
 * @param format the provider's; `clientFormat` is that of the frames behind `translator`.
 * @param noteDelivered gets the client's bytes, where they are not the provider's.
 * @param onBlocked the guard has ended the stream; what was held of it is gone.
 */
export function streamBody({
  provider,
  format,
  clientFormat,
  framing,
  translator,
  guard,
  hold,
  isHeldWhole,
  noteDelivered,
  onBlocked,
}: {
  provider: string
  format: WireFormat
  clientFormat: WireFormat
  framing: Parameters<typeof createFrameParser>[1]
  translator: StreamTranslator | undefined
  guard: FrameGuard | undefined
  hold: HoldBack
  isHeldWhole: boolean
  noteDelivered: (bytes: Buffer) => void
  onBlocked: () => void
}): ResponseBody {
  const parser = createFrameParser(format, framing)
  const followed = followFrames(format)
  let isTerminated = false
  /** What seemed to end it may not have: some servers say in every frame that it ends. */
  let mayGoOn = false
  /** The end of its translation has come, and may wait. */
  let isTranslated = false
  let endBytes = 0
  let hasBegun = false
  const isChanged = translator !== undefined || guard !== undefined
  const keep: TakeFrame = (frame) => {
    if (isChanged) noteDelivered(frame.raw)
    const ends = frame.listed === 'end' || clientFormat.isTerminator(frame)
    if (mayGoOn && clientFormat.isResponse(frameJson(frame) ?? {})) {
      hold.goOn()
      isTerminated = false
      endBytes = 0
      hasBegun ||= !isHeldWhole
    }
    if (isTerminated && !isHeldWhole) endBytes += frame.raw.length
    if (endBytes > endLimitBytes) throw endless(provider)
    // What completes a response may be long; what follows that may not.
    isTerminated ||= ends
    if (ends) mayGoOn = clientFormat.mayBeCompletedBy(frame).length > 0
    hasBegun ||= !isTerminated && !isHeldWhole
    hold.push(frame.raw, isTerminated)
  }
  /** Frames that came together are judged together. */
  let arrived: SseFrame[] = []
  const judge: TakeFrame = guard ? (frame) => void arrived.push(frame) : keep
  const translate: TakeFrame = translator
    ? (frame) => {
        for (const translated of translator.push(frame)) judgeTranslated(translated)
      }
    : judge
  const judgeTranslated: TakeFrame = (frame) => {
    isTranslated ||= clientFormat.isTerminator(frame)
    judge(frame)
  }
  const take: TakeFrame = (frame) => {
    followed.take(frame)
    translate(frame)
  }

  const takeArrived = () => {
    const together = arrived
    arrived = []
    return together
  }
  const passOn = () => {
    if (guard && arrived.length > 0) for (const judged of guard.push(...takeArrived())) keep(judged)
    const isBlocked = guard?.blockedMessage() !== undefined
    if (isBlocked && mayGoOn) hold.goOn()
    hold.flush()
    if (!isBlocked) return
    hold.clear()
    onBlocked()
  }
  /** Takes frames that are long, and passes on what may go. */
  const takeInSlices = (guard: FrameGuard, frames: readonly SseFrame[]) => {
    const steps = frames.flatMap((frame) => [() => followed.take(frame), () => translate(frame)])
    const slices = judgeAfter(
      steps,
      () => guard.pushInSlices(takeArrived()),
      (judged) => {
        for (const frame of judged) keep(frame)
        passOn()
      },
    )
    // What was not begun could not be stopped.
    slices.next()
    return slices
  }
  /** Lets go of the frames that waited for what will not come: what is there is all of their text. */
  const releaseWaiting = () => {
    passOn()
    if (!guard || guard.blockedMessage() !== undefined) return
    for (const judged of guard.end()) keep(judged)
    passOn()
  }
  return {
    isHeldWhole,
    push(chunk) {
      const frames = parser.push(chunk)
      followed.arrived(frames)
      if (guard?.isLong(frames)) return takeInSlices(guard, frames)
      for (const frame of frames) take(frame)
      // Of what is short a translation may make a long frame.
      if (guard?.isLong(arrived)) return takeInSlices(guard, [])
      passOn()
      return undefined
    },
    breakOff: releaseWaiting,
    end() {
      const rest = parser.end()
      // A frame that was cut says nothing that could be judged.
      if (rest && (guard || isHeldWhole) && isCut(rest)) {
        releaseWaiting()
        if (guard?.blockedMessage() !== undefined) return
        throw cutShort(provider, 'within a frame')
      }
      if (rest) {
        take(rest)
        passOn()
      }
      if (guard?.blockedMessage() !== undefined) return
      if (!translator && followed.isOpenList()) {
        releaseWaiting()
        if (guard?.blockedMessage() === undefined) throw cutShort(provider, 'before the end of its list')
        return
      }
      if (translator && !isTranslated && !followed.reportsError()) {
        for (const frame of translator.end()) judgeTranslated(frame)
        passOn()
        // A client can distinguish a stream that was cut from a whole one only where it gets the provider's own bytes.
        if (!isTranslated) {
          releaseWaiting()
          if (guard?.blockedMessage() === undefined) throw cutShort(provider, 'before its end')
        }
      }
      if ((isTerminated && !mayGoOn) || guard?.blockedMessage() !== undefined) return
      for (const { raw } of guard?.end() ?? []) {
        noteDelivered(raw)
        hold.push(raw, true)
      }
      if (mayGoOn && guard?.blockedMessage() !== undefined) passOn()
    },
    result() {
      const { isList, ...result } = followed.result()
      const list = isList && !translator ? (hasBegun ? 'begun' : 'unsent') : undefined
      return { ...result, list, guard, held: hold.held() }
    },
  }
}

/** @param steps that come before. Whoever stops it (`return`) has those and the judging done at once, and gets nothing. */
function* judgeAfter(
  steps: (() => void)[],
  judge: () => Slices<SseFrame[]>,
  take: (judged: SseFrame[]) => void,
): Slices<void> {
  let isStopped = true
  try {
    yield
    for (let step = steps.shift(); step; step = steps.shift()) {
      isStopped = false
      step()
      isStopped = true
      yield
    }
    isStopped = false
  } finally {
    if (isStopped) {
      for (const step of steps) step()
      atOnce(judge())
    }
  }
  take(yield* judge())
}

function isCut(frame: SseFrame): boolean {
  return frame.data !== '' && !frame.data.startsWith('[DONE]') && frameJson(frame) === undefined
}

function cutShort(provider: string, where: string): UpstreamError {
  return new UpstreamError('upstream_cut', `The stream of provider ${provider} stopped ${where}`)
}

function endless(provider: string): UpstreamError {
  return new UpstreamError(
    'upstream_malformed',
    `Provider ${provider} went on with its stream for over ${endLimitBytes} bytes after the end of it`,
  )
}

/** What a stream says of itself, in the provider's own frames. */
function followFrames(format: WireFormat) {
  const follower = format.createFollower()
  const counter = createStreamTokenCounter(format)
  const chunkTimes = createChunkTimes()
  let isMidFrame = false
  let isList = false
  let isListOver = false
  let reportsError = false
  const take: TakeFrame = (frame) => {
    isList ||= frame.listed !== undefined
    isListOver ||= frame.listed === 'end'
    isMidFrame = frame.piece === 'begun'
    if (isMidFrame) return
    follower.push(frame)
    counter.push(frame)
    reportsError ||= frameReportsError(frame)
  }
  return {
    take,
    arrived(frames: readonly SseFrame[]) {
      let chunks = 0
      for (const { data, piece } of frames)
        if (piece !== 'begun' && data !== '' && !data.startsWith('[DONE]')) chunks++
      chunkTimes.arrived(chunks, performance.now())
    },
    reportsError: () => reportsError,
    isOpenList: () => isList && !isListOver,
    result: () => ({ follower, counter, chunkTimes: chunkTimes.counts(), isMidFrame, isList, reportsError }),
  }
}
