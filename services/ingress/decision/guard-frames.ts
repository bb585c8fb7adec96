import { isUtf8 } from 'node:buffer'
import { atOnce, type Slices, type Step } from '@airs-cp/events'
import {
  beginsAsJson,
  type Change,
  changed,
  createPlaceholderFinder,
  mostAtOnce,
  type PlaceholderFinder,
  restorationsIn,
  type StreamGuard,
  sliceCharacters,
} from '@airs-cp/policy-engine'
import {
  createFrameReader,
  editJson,
  type FrameText,
  frameJson,
  isDone,
  type ReportedCall,
  readFrame,
  type SseFrame,
  spellsOwn,
  sseText,
  type TextEdit,
  type TextPart,
  type WireFormat,
  withFrameData,
  withFrameEdits,
} from '@airs-cp/providers'
import type { FrameGuard } from '../exchange.ts'
import { conflictInSlices, isReadable, refuseConflict } from './read-response.ts'
import { editHeaders, headerTexts } from './response-headers.ts'
import { besideData } from './texts-of-frames.ts'

/** A string of the response. One that is repeated, and otherwise than before, goes through another channel of the guard. */
type Said = {
  path: string
  channel: string
  /** All of it, where the format repeats it. */
  text: string
  length: number
  /** Up to where what is to be changed in it is known. */
  settledTo: number
  /** Where policies changed it, and where placeholders were put back. */
  redactions: Change[]
  restorations: Change[]
  finder: PlaceholderFinder | undefined
  findTo: number
  /** It came at once, and not in pieces. */
  isWhole: boolean
  isOver: boolean
  isJson: boolean | undefined
  isFixed: boolean
  isArguments: boolean
  /** The tool whose arguments come here. */
  tool: Pick<ReportedCall, 'name' | 'also'> | undefined
}

/** A part of a string that a frame contains. */
type Piece = { said: Said; start: number; end: number; path: string; text: string; isRepeated: boolean }

/** A frame on its way, in the order in which it came. */
type Waiting = { frame: SseFrame; pieces: Piece[]; edits: TextEdit[]; isPlain: boolean; hasCall: boolean }

const startCharacters = 80
/** Texts beside the response's strings that were judged and are unchanged are remembered up to this number. */
const maxClean = 1_000

/**
 * Frames pass in their order, each when all of its text is decided on. What needs no change keeps every byte; in others the matches
 * are replaced, in the frame in which they begin.
 *
 * Left out, since they would repeat what was taken out or point to another place than they did: log probabilities of changed
 * text, and annotations that point behind a change of their text.
 * @param guard judges; without it placeholders are put back, and nothing else is done.
 * @param restorations what reversible policies took out of the request, by placeholder.
 * @param requestSays what it says beside its conversation, which a response may repeat.
 */
export function createFrameGuard(
  format: WireFormat,
  guard: StreamGuard | undefined,
  restorations: ReadonlyMap<string, string> = new Map(),
  requestSays?: (text: string) => boolean,
): FrameGuard {
  const follower = format.createFollower()
  const delivered = format.repeatsTexts ? format.createAssembler() : undefined
  const called = guard?.needsTools ? format.createAssembler() : undefined
  const read = createFrameReader(format, requestSays)
  const reportedCalls = format.createCallReader?.() ?? format.reportedCalls
  const said = new Map<string, Said>()
  const channels: Said[] = []
  const waiting: Waiting[] = []
  const clean = new Set<string>()
  /** Choices that have said how they ended, and those that may go on after that. */
  const finished = new Set<string>()
  const goesOn = new Set<string>()
  let isEnded = false
  let leftOut = 0
  let hasChanged = false
  let hasRestored = false
  let failure: string | undefined
  /** What the guard is still to be told of a long frame, in steps; of others it is told at once. */
  let untold: Step[] | undefined
  /** Characters of arguments of calls, which are judged when all of them have come. */
  let argumentCharacters = 0

  function judge(frames: readonly SseFrame[]): SseFrame[] {
    const alive: SseFrame[] = []
    for (const frame of frames) accept(frame, alive)
    if (guard?.blockedBy()) return []
    const passed = passOn()
    return alive.length === 0 ? passed : [...alive, ...passed]
  }

  /** The same, with the guard told of their texts in slices. */
  function judgeInSlices(frames: readonly SseFrame[]): Slices<SseFrame[]> {
    const alive: SseFrame[] = []
    const steps: Step[] = []
    untold = steps
    guarded(() => {
      for (const frame of frames) accept(frame, alive)
      return []
    })
    untold = undefined
    return attemptSteps(steps, attempt<ReturnType<Step>>, () => guarded(() => [...alive, ...passOn()]))
  }

  /** @param alive takes a frame that only keeps the connection alive, which does not wait. */
  function accept(frame: SseFrame, alive: SseFrame[]): void {
    const json = frameJson(frame)
    if (guard && !json && !isReadable(frame)) throw new Error('a frame of it is no JSON object')
    // Official clients read nothing behind the end.
    if (isEnded && json) {
      hasChanged = true
      return
    }
    isEnded ||= isDone(frame)
    const beside = judgeBeside(frame)
    if (beside === undefined) hasChanged = true
    else if (beside.data === '' && !beside.listed) alive.push(emit(beside, frame))
    else {
      called?.push(beside)
      waiting.push(hear(beside))
      const isOver = format.isTerminator(beside) && format.mayBeCompletedBy(beside).length === 0
      if (called && (isEnded || isOver)) tell(finishCalls)
    }
  }

  /** All calls have come: policies that look at them together decide. @throws where they cannot be distinguished. */
  function finishCalls(): Slices<void> | undefined {
    const tools = format.responseTools(called?.result())
    const places = new Set(channels.filter(({ tool }) => tool !== undefined).map(({ path }) => path))
    if (tools.calls.length < places.size) throw new Error('the calls in it cannot be put together')
    return guard?.finishInSlices(() => tools)
  }

  /** @param step tells the guard something. */
  function tell(step: Step): void {
    if (untold) untold.push(step)
    else doNow(step)
  }

  function tellText(one: Said, text: string, about: Parameters<StreamGuard['push']>[2]): void {
    if (!untold) {
      guard?.push(one.channel, text, about)
      return
    }
    let from = 0
    do {
      const piece = text.slice(from, from + sliceCharacters)
      untold.push(() => {
        guard?.push(one.channel, piece, about)
        settle(one)
      })
      from += sliceCharacters
    } while (from < text.length)
  }

  function leaveOut(): SseFrame[] {
    hasChanged = true
    return []
  }

  /** Comments, ids and whatever else a frame has beside its data; without them where policies change them. */
  function judgeBeside(frame: SseFrame): SseFrame | undefined {
    if (!guard || frame.listed) return frame
    // Official clients read no further than the word; others may.
    if (isDone(frame) && changesBeside({ path: '', text: frame.data.slice('[DONE]'.length) }).length > 0)
      return readFrame(Buffer.from(sseText('[DONE]')))
    const type = frameJson(frame)?.type
    const event = frame.event !== undefined && frame.event === type ? frame.event.length + 8 : 0
    // Bytes that are no UTF-8 count for three each in the data.
    const isAlone = frame.raw.length === Buffer.byteLength(frame.data) + event + 8 && isUtf8(frame.raw)
    if (frame.data !== '' && isAlone) return frame
    const said = besideData(frame, type)
    if (said === '' || changesBeside({ path: '', text: said }).length === 0) return frame
    if (frame.data === '') return undefined
    return readFrame(Buffer.from(sseText(frame.data, frame.event === type ? frame.event : undefined)))
  }

  /** Lets the guard see all that a frame says, and what it completes. */
  function hear(frame: SseFrame): Waiting {
    const { texts, asides, unscanned, isPlain, isChangedBeside } = read(frame)
    if (isPlain && asides.length === 0) {
      const piece = take(saidAt(texts[0]!.channel), texts[0]!)
      return { frame, pieces: [piece], edits: [], isPlain, hasCall: isOfCall(piece) }
    }
    if (guard && !isPlain && frame.data !== '' && frameJson(frame)) tell(() => conflictInSlices(frame.data))
    if (guard) for (const part of unscanned) guard.skip(part)
    const calls = guard ? reportedCalls(frame) : []
    for (const reported of calls) call(saidAt(reported.channel), reported)
    const ended = format.mayBeCompletedBy(frame)
    for (const prefix of ended) if (!hasBegun(prefix)) goesOn.add(prefix)
    const pieces: Piece[] = []
    for (const text of texts) if (!text.whole) pieces.push(take(saidAt(text.channel), text))
    const wholes = texts.filter(({ whole }) => whole)
    for (const text of wholes) {
      const known = said.get(text.channel)
      if (!known) pieces.push(takeWhole(open(text.channel), text))
      else if (known.length === 0 && !known.isOver) pieces.push(takeWhole(known, text))
    }
    complete(format.completedBy(frame))
    finish(ended)
    for (const text of wholes)
      if (!pieces.some(({ path }) => path === text.path)) pieces.push(repeat(said.get(text.channel)!, text))
    const edits = asides.flatMap((part) => {
      const changes = changesBeside(part)
      if (changes.length === 0) return []
      const edit = { path: part.path, text: changed(part.text, changes), changes }
      if (part.encode) return [{ path: part.path, text: part.encode(edit) }]
      return [edit, ...(part.also ?? []).map((path) => ({ ...edit, path }))]
    })
    if (edits.length > 0) isChangedBeside?.()
    return { frame, pieces, edits, isPlain, hasCall: calls.length > 0 || pieces.some(isOfCall) }
  }

  function saidAt(channel: string): Said {
    return said.get(channel) ?? open(channel)
  }

  function open(path: string): Said {
    const before = said.get(path)
    const opened: Said = {
      path,
      channel: before ? `${path}\0${channels.length}` : path,
      text: '',
      length: 0,
      settledTo: 0,
      redactions: [],
      restorations: [],
      finder: restorations.size > 0 ? createPlaceholderFinder(restorations) : undefined,
      findTo: 0,
      isWhole: false,
      isOver: false,
      isJson: format.isJsonText(path) ? true : undefined,
      isFixed: false,
      isArguments: false,
      tool: before?.tool,
    }
    said.set(path, opened)
    channels.push(opened)
    if (opened.tool !== undefined) call(opened, opened.tool)
    return opened
  }

  function call(one: Said, { name, also, text: known }: Omit<ReportedCall, 'channel'>): void {
    one.tool = { name, ...(also && { also }) }
    tell(() => guard?.call(one.channel, name, { path: one.path, known, also }))
  }

  function take(one: Said, { path, text, kind, fixed }: FrameText): Piece {
    if (finished.size > 0) goOn(one)
    const start = one.length
    const isFixed = fixed === 'signed'
    one.isFixed ||= isFixed
    one.isArguments ||= kind === 'tool-arguments'
    if (one.isArguments) argumentCharacters += text.length
    one.isOver = false
    one.length += text.length
    if (one.text.length < startCharacters || format.repeatsTexts || one.isWhole) one.text += text
    one.isJson ??= beginsAsJson(one.text)
    const about = { path: one.path, isArguments: kind === 'tool-arguments' && !one.isWhole, isFixed }
    tellText(one, text, kind === 'tool-result' ? { ...about, source: 'tool' } : about)
    if (one.finder && !one.isFixed) {
      const { to, changes } = one.finder.push(text, one.isJson === true)
      one.findTo = to
      one.restorations.push(...changes)
    }
    return { said: one, start, end: one.length, path, text, isRepeated: false }
  }

  function takeWhole(one: Said, text: FrameText): Piece {
    one.isWhole = true
    const piece = take(one, text)
    end(one)
    return piece
  }

  /** The whole string once more; one that is another than what came is judged by itself. */
  function repeat(one: Said, text: FrameText): Piece {
    if (one.text !== text.text || one.length !== text.text.length) return takeWhole(open(one.path), text)
    return { said: one, start: 0, end: one.length, path: text.path, text: text.text, isRepeated: true }
  }

  function end(one: Said): void {
    if (one.isOver) return
    one.isOver = true
    tell(() => guard?.endInSlices(one.channel))
  }

  function complete(prefixes: readonly string[]): void {
    if (prefixes.length === 0) return
    for (const one of channels) if (prefixes.some((prefix) => one.path.startsWith(prefix))) end(one)
  }

  function hasBegun(prefix: string): boolean {
    return channels.some(({ length, path }) => length > 0 && path.startsWith(prefix))
  }

  /**
   * A choice that says how it ended is complete where another one goes on, whose frames would wait for it; the last one when the
   * stream ends. Some servers say so in every chunk: a choice that said so when it began, or went on once, is complete only then.
   */
  function finish(prefixes: readonly string[]): void {
    for (const prefix of prefixes) {
      if (goesOn.has(prefix)) continue
      if (channels.some((one) => one.length > 0 && !one.isOver && !one.path.startsWith(prefix)))
        complete([prefix])
      else finished.add(prefix)
    }
  }

  function goOn({ path }: Said): void {
    for (const prefix of finished) {
      finished.delete(prefix)
      if (path.startsWith(prefix)) goesOn.add(prefix)
      else complete([prefix])
    }
  }

  /** The changes in a text that comes at once, beside the strings of the response. */
  function changesBeside({
    path,
    text,
    kind,
    fixed,
  }: Pick<TextPart, 'path' | 'text' | 'fixed'> & Partial<Pick<TextPart, 'kind'>>): Change[] {
    const key = `${path}\0${text}`
    if (clean.has(key)) return []
    const isFixed = fixed !== undefined
    const isWord = kind === 'unknown' && !/\s/.test(text)
    const redactions = guard?.whole(path, text, { isFixed, isWord, isEncoded: fixed === 'encoded' }) ?? []
    const restored = isFixed ? [] : restorationsIn(text, restorations, beginsAsJson(text) === true)
    if (restored.length > 0) hasRestored = true
    if (clean.size >= maxClean) clean.clear()
    if (redactions.length + restored.length === 0) clean.add(key)
    return merged(redactions, restored)
  }

  /** The frames that may go now: up to the first that has text on which nothing is decided yet. */
  function passOn(): SseFrame[] {
    if (guard?.blockedBy()) return []
    let count = 0
    while (count < waiting.length && mayGo(waiting[count]!)) count++
    return waiting.splice(0, count).flatMap(edited)
  }

  function mayGo({ pieces, hasCall }: Waiting): boolean {
    return pieces.every(isSettled) && !(hasCall && guard?.holdsCalls())
  }

  function isSettled({ said: one, end: to }: Piece): boolean {
    if (to > one.settledTo) settle(one)
    return to <= one.settledTo
  }

  function settle(one: Said): void {
    const judged = guard?.settle(one.channel)
    if (judged) one.redactions.push(...judged.changes)
    const found = one.finder && !one.isOver && !one.isFixed ? one.findTo : one.length
    one.settledTo = Math.min(judged?.to ?? one.length, found)
  }

  function edited({ frame, pieces, edits, isPlain }: Waiting): SseFrame[] {
    const all = [...edits, ...pieces.flatMap(editOf)]
    const json = frameJson(frame)
    const counted = pieces.reduce(
      (sum, { start, end: to, isRepeated }) => sum + (isRepeated ? 0 : to - start),
      0,
    )
    guard?.released(counted)
    if (!json || (isPlain && all.length === 0 && leftOut === 0)) return [emit(frame, frame)]
    const isEcho = spellsOwn(frame, json, pieces)
    const changedFrom = (path: string) => firstChange(said.get(path))
    const judged = withFrameEdits(format, frame, all, changedFrom, !isEcho)
    if (judged) {
      if (all.some(({ path }) => /#\d+$/.test(path))) refuseConflict(judged.data)
      return [emit(numbered(judged), frame)]
    }
    leftOut++
    return leaveOut()
  }

  /** Events are numbered; where one was left out, the others move up. */
  function numbered(frame: SseFrame): SseFrame {
    const number = frameJson(frame)?.sequence_number
    if (leftOut === 0 || typeof number !== 'number') return frame
    return withFrameData(frame, editJson(frame.data, [{ path: '/sequence_number', value: number - leftOut }]))
  }

  function editOf({ said: one, start, end: to, path, text }: Piece): TextEdit[] {
    if (one.redactions.length === 0 && one.restorations.length === 0) return []
    const restored = one.restorations.filter((change) => !overlaps(change, one.redactions))
    const changes = merged(one.redactions, restored)
      .filter((change) => change.start < to && change.end > start)
      .map((change) => ({
        start: Math.max(0, change.start - start),
        end: Math.min(to, change.end) - start,
        text: change.start >= start ? change.text : '',
      }))
    if (restored.some((change) => change.start < to && change.end > start)) hasRestored = true
    if (!format.repeatsTexts) forget(one, to)
    return changes.length === 0 ? [] : [{ path, text: changed(text, changes), changes }]
  }

  /** All of it before has gone, and will not come again. */
  function forget(one: Said, to: number): void {
    const last = (list: Change[]) => list.findLastIndex((change) => change.end <= to)
    // The first change stays: annotations point to places behind it.
    one.redactions.splice(1, Math.max(0, last(one.redactions)))
    one.restorations.splice(1, Math.max(0, last(one.restorations)))
  }

  function emit(frame: SseFrame, came: SseFrame): SseFrame {
    if (frame !== came) hasChanged = true
    follower.push(frame)
    delivered?.push(frame)
    return frame
  }

  const isStopped = (): boolean => failure !== undefined || guard?.blockedBy() !== undefined

  function attempt<Result>(work: () => Result): Result | undefined {
    try {
      return work()
    } catch (error) {
      failure = `The response could not be judged by policy and is withheld: ${(error as Error).message}`
      return undefined
    }
  }

  function guarded(work: () => SseFrame[]): SseFrame[] {
    if (isStopped()) return []
    const frames = attempt(work)
    return frames === undefined || isStopped() ? [] : frames
  }

  return {
    headers(headers) {
      if (!guard) return headers
      const edits = headerTexts(headers).flatMap(({ path, text }) => {
        const changes = guard.whole(path, text, { isWord: !/\s/.test(text) })
        if (changes.length > 0) hasChanged = true
        if (guard.blockedBy()) return [{ path, text: '' }]
        return changes.length > 0 ? [{ path, text: changed(text, changes) }] : []
      })
      return editHeaders(headers, edits)
    },
    push: (...frames) => guarded(() => judge(frames)),
    isLong: (frames) => argumentCharacters > mostAtOnce || frames.some(({ raw }) => raw.length > mostAtOnce),
    pushInSlices: judgeInSlices,
    end: () =>
      guarded(() => {
        complete(['/'])
        if (called) doNow(finishCalls)
        return passOn()
      }),
    blockedMessage: () => guard?.blockedBy()?.message ?? failure,
    blockedEnding: (identity, message) => follower.blockedEnding(identity, message, delivered?.result()),
    errorFrames: (error) => follower.errorFrames?.(error),
    hasChanged: () => hasChanged,
    hasRestored: () => hasRestored,
  }
}

/** Whoever stops it (`return`) has the steps that are left done at once, and gets nothing. */
function* attemptSteps<Result>(
  steps: Step[],
  attempt: (step: Step) => ReturnType<Step>,
  end: () => Result,
): Slices<Result> {
  let slices: ReturnType<Step>
  /** @returns whether it is done. */
  const goOn = (): boolean => {
    let isDone = true
    attempt(() => {
      isDone = !slices || slices.next().done === true
    })
    return isDone
  }
  try {
    yield
    for (let step = steps.shift(); step; step = steps.shift()) {
      slices = attempt(step)
      while (!goOn()) yield
      yield
    }
  } finally {
    while (!goOn());
    for (const step of steps) attempt(() => doNow(step))
  }
  return end()
}

function doNow(step: Step): void {
  const slices = step()
  if (slices) atOnce(slices)
}

/** It is a piece of the arguments of a call. */
function isOfCall({ said: { tool, isArguments } }: Piece): boolean {
  return tool !== undefined || isArguments
}

function overlaps({ start, end }: Change, others: readonly Change[]): boolean {
  return others.some((other) => other.start < end && start < other.end)
}

/** Changes of two lists, in order; of those that overlap the first list's. */
function merged(first: readonly Change[], second: readonly Change[]): Change[] {
  if (second.length === 0) return [...first]
  return [...first, ...second.filter((change) => !overlaps(change, first))].sort((a, b) => a.start - b.start)
}

function firstChange(one: Said | undefined): number | undefined {
  const starts = [one?.redactions[0]?.start, one?.restorations[0]?.start].filter((it) => it !== undefined)
  return starts.length === 0 ? undefined : Math.min(...starts)
}
