import type { Detection, Detector, ScanStep, SpanScan } from '@airs-cp/detectors'
import type { Finding, TextSource } from '@airs-cp/events'
import { sliceCharacters } from './find.ts'
import {
  beginsAsJson,
  type Change,
  changed,
  changesInJson,
  createTextView,
  type JsonPlace,
  jsonStart,
  openWord,
  readJsonOn,
  shifted,
} from './json-text.ts'
import { byPlace, type Placeholders } from './redact.ts'
import { mergesMembers } from './redact-texts.ts'

/** So much of a string is kept when it is complete, to judge it together with what may follow all the same. */
const tailCharacters = 512

export type Found = {
  detector: Detector
  detection: Detection
  /** The match, as it reads. */
  text: string
  /** It began in what counted as complete, and may be with the client. */
  isSplit: boolean
  /** It is there whatever follows, and not over. */
  isGrowing: boolean
}

/** One string of a stream: what detectors find in it, and up to where that is all. */
export type StreamChannel = {
  readonly path: string
  readonly source: TextSource
  /** It is looked at with the next `look` or `end`: several pieces cost hardly more than one. */
  push(text: string): void
  /** Looks at what came. What a detector throws is reported by `onFailure`. */
  look(): void
  end(): void
  isEnded(): boolean
  /** Of JSON that has ended: the changes give an object of it two members of one name. */
  mergesMembers(): boolean
  /** A finding is to be taken out. */
  take(finding: Finding): void
  /** All that is kept of its text, up to the offset `length()`. */
  text(): string
  length(): number
  /** Up to where everything is decided, as far as `decisive` detectors go; and the changes before it that are new. */
  settle(decisive: ReadonlySet<Detector>): { to: number; changes: Change[] }
}

/**
 * Offsets are those of the text as it came. Detectors see what it says: of JSON, its strings without their escapes; changes keep
 * it JSON.
 * @param keepsText until it is complete, for whoever judges all of it.
 */
export function createStreamChannel({
  path,
  source,
  detectors,
  placeholder,
  keepsText,
  onFound,
  onFailure,
}: {
  path: string
  source: TextSource
  detectors: readonly Detector[]
  placeholder: Placeholders
  keepsText: () => boolean
  onFound: (found: Found) => void
  onFailure: (detector: Detector, error: unknown) => void
}): StreamChannel {
  const view = createTextView()
  let scans = openScans(0)
  /** What came, from `base` on, and what it says, from `shownBase` on. */
  let text = ''
  let base = 0
  let length = 0
  /** What came and was not looked at. */
  let unseen = ''
  let shown = ''
  let shownBase = 0
  let shownLength = 0
  let settledTo = 0
  /** In JSON: where what is settled ends, and how far it was read on from there. */
  let place: JsonPlace = jsonStart
  let ahead: JsonPlace = jsonStart
  let aheadTo = 0
  let behindAhead = ''
  let ended = false
  /** What it said when it was taken to be complete. */
  let completeTo = 0
  let pending: Finding[] = []
  /** Of JSON, all that came and all that was changed: whether members have one name shows at the end. */
  let whole = ''
  let mayBeJson: boolean | undefined
  const made: Change[] = []

  function openScans(offset: number) {
    return new Map(
      detectors.map((detector) => [detector, { scan: detector.open(), offset, finalTo: offset }]),
    )
  }

  function scanOn(step: (scan: SpanScan) => ScanStep): void {
    for (const [detector, state] of scans) {
      try {
        const { finalTo, detections, growing } = step(state.scan)
        state.finalTo = Math.max(state.finalTo, state.offset + finalTo)
        for (const detection of detections) heed(detector, detection, state.offset, false)
        if (growing) for (const detection of growing) heed(detector, detection, state.offset, true)
      } catch (error) {
        scans.delete(detector)
        onFailure(detector, error)
      }
    }
  }

  function heed(detector: Detector, detection: Detection, offset: number, isGrowing: boolean): void {
    const start = detection.start + offset
    const end = detection.end + offset
    if (end <= completeTo) return
    onFound({
      detector,
      detection: { ...detection, start: view.toText(start), end: view.toText(end) },
      text: shown.slice(start - shownBase, end - shownBase),
      isSplit: start < completeTo,
      isGrowing,
    })
  }

  function show(piece: string): void {
    shown += piece
    shownLength += piece.length
    if (piece !== '') scanOn((scan) => scan.push(piece))
  }

  function look(): void {
    if (unseen === '') return
    const piece = unseen
    unseen = ''
    show(view.push(piece))
    if (view.isJson()) readAhead()
  }

  /** Long JSON that is held is read as it comes, and not at once when it is settled. */
  function readAhead(): void {
    const to = view.toText(shownLength)
    if (to - aheadTo < sliceCharacters) return
    ahead = placeAt(to)
    behindAhead = behindAhead.slice(to - aheadTo)
    aheadTo = to
  }

  /** @param to not before what is settled. */
  function placeAt(to: number): JsonPlace {
    const isAhead = to >= aheadTo
    const [from, start, there] = isAhead ? [aheadTo, ahead, behindAhead] : [base, place, text]
    const at = isAhead ? 0 : settledTo - base
    return shifted(readJsonOn(there, at, to - from, shifted(start, -from)), from)
  }

  /** What was complete goes on. */
  function reopen(): void {
    ended = false
    completeTo = shownLength
    const tail = shown.slice(-tailCharacters)
    scans = openScans(shownLength - tail.length)
    scanOn((scan) => scan.push(tail))
  }

  function partsUpTo(to: number): Change[] {
    const parts: Change[] = []
    for (const finding of pending.sort(byPlace)) {
      const { start, end } = finding
      if (start >= to) break
      const last = parts.at(-1)
      if (last && start < last.end) last.end = Math.max(last.end, end)
      else if (start >= settledTo) parts.push({ start, end, text: placeholder(finding) })
      else if (end > settledTo) parts.push({ start: settledTo, end, text: '' })
    }
    return parts
  }

  /** The same for JSON, where a number that is not over yet may have to be replaced whole. */
  function jsonPartsUpTo(to: number): { to: number; changes: Change[] } {
    const local = (offset: number) => offset - base
    let parts = partsUpTo(to)
    let end = Math.max(to, parts.at(-1)?.end ?? 0)
    const there = placeAt(end)
    const word = openWord(there)
    if (!ended && word !== -1) {
      end = word
      const crossing = parts.find((part) => part.end > end)
      end = Math.min(end, crossing?.start ?? end)
      parts = parts.filter((part) => part.end <= end)
    }
    if (parts.length === 0 && end === to) {
      settledAt(there, end)
      return { to: end, changes: [] }
    }
    const changes = changesInJson(
      text,
      parts.map((part) => ({ ...part, start: local(part.start), end: local(part.end) })),
      local(settledTo),
      shifted(place, -base),
    ).map((change) => ({ ...change, start: change.start + base, end: change.end + base }))
    end = Math.max(end, changes.at(-1)?.end ?? 0)
    settledAt(placeAt(end), end)
    return { to: end, changes }
  }

  function settledAt(there: JsonPlace, to: number): void {
    place = there
    if (to < aheadTo) return
    behindAhead = behindAhead.slice(to - aheadTo)
    ahead = there
    aheadTo = to
  }

  function forget(): void {
    const finals = [...scans.values()].map(({ finalTo }) => finalTo)
    const shownFrom = ended ? shownLength - tailCharacters : Math.min(shownLength, ...finals) - tailCharacters
    const from = !ended && keepsText() ? 0 : settledTo
    if (shownFrom - shownBase > tailCharacters) {
      shown = shown.slice(shownFrom - shownBase)
      shownBase = shownFrom
    }
    if (from > base) {
      text = text.slice(from - base)
      base = from
    }
  }

  return {
    path,
    source,
    push(piece) {
      if (ended) reopen()
      text += piece
      length += piece.length
      unseen += piece
      mayBeJson ??= beginsAsJson(whole)
      if (mayBeJson === false) return
      whole += piece
      behindAhead += piece
    },
    look,
    end() {
      if (ended) return
      look()
      show(view.end())
      scanOn((scan) => scan.end())
      scans.clear()
      ended = true
    },
    isEnded: () => ended,
    mergesMembers() {
      if (!ended || !view.isJson() || made.length + pending.length === 0) return false
      const before = place
      const all = [...made, ...jsonPartsUpTo(length).changes]
      place = before
      return all.length > 0 && mergesMembers(whole, changed(whole, all))
    },
    take(finding) {
      if (!pending.includes(finding)) pending.push(finding)
    },
    text: () => text,
    length: () => length,
    settle(decisive) {
      look()
      const finals = [...scans]
        .filter(([detector]) => decisive.has(detector))
        .map(([, { finalTo }]) => finalTo)
      const final = ended ? length : view.toText(Math.min(shownLength, ...finals))
      if (final <= settledTo) return { to: settledTo, changes: [] }
      const parts = view.isJson() ? jsonPartsUpTo(final) : { to: final, changes: partsUpTo(final) }
      settledTo = Math.max(settledTo, parts.to, parts.changes.at(-1)?.end ?? 0)
      if (view.isJson()) made.push(...parts.changes)
      pending = pending.filter(({ end }) => end > settledTo)
      forget()
      return { to: settledTo, changes: parts.changes }
    },
  }
}
