import type { Detection, Detector, ScanStep, SlicedScan, SpanScan } from './detector.ts'
import { inSlices } from './slices.ts'
import { type Mark, openFrom, spell } from './view/spelled.ts'
import { type View, viewOf } from './view/view.ts'
import { createViewBuilder } from './view/view-builder.ts'

/** So many escapes are undone one after the other: that of the view, and those of its view. */
const maxLevels = 3

/** What a view shows that is an escape once more. */
const escapes =
  /\\(?:[nrt"'/\\]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]{1,6}\})|&#?\w{1,8};|%[0-9a-fA-F]{2}/g
/** What may still become one. */
const openEscape = /\\(?:x[0-9a-fA-F]?|u\{?[0-9a-fA-F]{0,6})?$|&#?\w{0,8}$|%[0-9a-fA-F]?$/

/**
 * A detector that reads texts in other ways too, where they have other readings: as what tag characters and numbers with an
 * exponent spell, and with escapes in escapes undone. What it finds there covers something that reads otherwise.
 */
export function inOtherReadings<Of extends Detector>(detector: Of): Of {
  const open = () => openLevel(detector, 1)
  return {
    ...detector,
    detect: (text, view) => detectAt(1, detector, text, view),
    slices: (text: string, characters: number) =>
      detector.kind === 'span' ? inSlices(open(), text, characters) : slicesAt(1, detector, text, characters),
    ...(detector.kind === 'span' && {
      maxHold: detector.maxHold + 64,
      holdFrom: (text: string, ended: boolean) => (ended ? text.length : open().push(text).finalTo),
    }),
    open,
  }
}

function detectAt(level: number, detector: Detector, text: string, known?: View): Detection[] {
  const view = known ?? viewOf(text)
  const found = detector.detect(text, view)
  const spelled = spell(text)
  const others = spelled.marks.length === 0 ? [] : covering(spelled.marks, detector.detect(spelled.text))
  if (level === maxLevels || view.isText) return united(found, others)
  const marks = marksIn(view.text)
  if (marks.length === 0) return united(found, others)
  const deeper = covering(marks, detectAt(level + 1, detector, view.text))
  return united(found, [...others, ...deeper.map((detection) => placed(detection, view))])
}

function* slicesAt(level: number, detector: Detector, text: string, characters: number): SlicedScan {
  const found = yield* detector.slices(text, characters)
  const spelled = spell(text)
  const others =
    spelled.marks.length === 0
      ? []
      : covering(spelled.marks, yield* detector.slices(spelled.text, characters))
  const view = viewOf(text)
  const marks = level === maxLevels || view.isText ? [] : marksIn(view.text)
  if (marks.length === 0) return united(found, others)
  const deeper = covering(marks, yield* slicesAt(level + 1, detector, view.text, characters))
  return united(found, [...others, ...deeper.map((detection) => placed(detection, view))])
}

function marksIn(text: string): Mark[] {
  return [...text.matchAll(escapes)].map(({ index, 0: { length } }) => ({
    start: index,
    end: index + length,
  }))
}

/** Reads a text that arrives in pieces in another way. Offsets of marks are those of what it shows. */
type Reader = {
  push(piece: string): { shown: string; marks: Mark[]; isOpen: boolean }
  end(): { shown: string; marks: Mark[] }
  startOf(index: number): number
  endOf(index: number): number
  forget(index: number): void
}

function openLevel(detector: Detector, level: number): SpanScan {
  const withSpelled = openBoth(detector.open(), () => detector.open(), createSpeller())
  if (level === maxLevels) return withSpelled
  return openBoth(withSpelled, () => openLevel(detector, level + 1), createUnescaper())
}

/** Shorter numbers are waited for too, but they need no other scan yet. */
const mayBeSpelled = /^(?:\udb40|\d+[.eE]|\d{9})/

function createSpeller(): Reader {
  let before = ''
  let rest = ''
  let length = 0
  const read = (text: string, to: number) => {
    const { text: shown, marks } = spell(before + text.slice(0, to) + text.slice(to, to + 1), before.length)
    const from = length - before.length
    const inPlace = marks.filter(({ end }) => end <= before.length + to)
    before = (before + text.slice(0, to)).slice(-1)
    rest = text.slice(to)
    length += to
    return {
      shown: shown.slice(0, to),
      marks: inPlace.map(({ start, end }) => ({ start: start + from, end: end + from })),
    }
  }
  return {
    push(piece) {
      const text = rest + piece
      const to = openFrom(before + text) - before.length
      return { ...read(text, Math.max(0, to)), isOpen: mayBeSpelled.test(rest) }
    },
    end: () => read(rest, rest.length),
    startOf: (index) => index,
    endOf: (index) => index + 1,
    forget: () => {},
  }
}

function createUnescaper(): Reader {
  const builder = createViewBuilder()
  /** What was shown last and may belong to an escape. */
  let before = ''
  let length = 0
  const look = (shown: string) => {
    const from = length - before.length
    const text = before + shown
    length += shown.length
    const marks = marksIn(text)
      .filter(({ end }) => end > before.length)
      .map(({ start, end }) => ({ start: start + from, end: end + from }))
    before = text.slice(-12)
    return { shown, marks, isOpen: openEscape.test(before) }
  }
  return {
    push: (piece) => look(builder.push(piece)),
    end: () => look(builder.end()),
    startOf: builder.startOf,
    endOf: builder.endOf,
    forget(index) {
      builder.takeRuns()
      builder.forget(index)
    },
  }
}

/** So much of what came before is read again when something comes that reads otherwise. */
const tailCharacters = 16_384

/** A scan that is one until something comes that reads otherwise, or may; from then on there are two. */
function openBoth(asItStands: SpanScan, openOther: () => SpanScan, reader: Reader): SpanScan {
  let other: SpanScan | undefined
  /** Offset of what the other scan read first, in what the reader shows. */
  let base = 0
  let tail = ''
  let shownLength = 0
  let length = 0
  let finalTo = 0
  let otherTo = 0
  let marks: Mark[] = []
  let pending: Detection[] = []
  let otherPending: Detection[] = []

  function readOther(shown: string, found: readonly Mark[], isOpen: boolean): ScanStep | undefined {
    shownLength += shown.length
    for (const mark of found) marks.push(mark)
    if (other) return other.push(shown)
    tail += shown
    if (found.length === 0 && !isOpen) {
      if (tail.length > 2 * tailCharacters) {
        tail = tail.slice(-tailCharacters)
        reader.forget(shownLength - tail.length)
      }
      return undefined
    }
    base = shownLength - tail.length
    other = openOther()
    const all = tail
    tail = ''
    return other.push(all)
  }

  function step(own: ScanStep, others: readonly ScanStep[]): ScanStep {
    if (others.length === 0) {
      finalTo = Math.max(finalTo, own.finalTo)
      return own
    }
    const inText = (detections: readonly Detection[]) =>
      covering(
        marks,
        detections.map((it) => ({ ...it, start: it.start + base, end: it.end + base })),
      ).map((detection) => placed(detection, reader))
    let to = others.at(-1)!.finalTo + base
    while (to > 0 && to < shownLength && reader.startOf(to) < reader.endOf(to - 1)) to--
    otherTo = Math.max(otherTo, to === 0 ? 0 : reader.endOf(to - 1))
    pending.push(...own.detections)
    for (const { detections } of others) otherPending.push(...inText(detections))
    finalTo = Math.max(finalTo, Math.min(own.finalTo, otherTo))
    const isFinal = ({ start }: Detection) => start < finalTo
    const detections = united(pending.filter(isFinal), otherPending.filter(isFinal))
    pending = pending.filter((detection) => !isFinal(detection))
    otherPending = otherPending.filter((detection) => !isFinal(detection))
    if (marks.length > tailCharacters) marks = marks.slice(firstBehind(marks, to - tailCharacters))
    const growing = [...(own.growing ?? []), ...inText(others.at(-1)!.growing ?? [])].filter(
      ({ start }) => start >= finalTo,
    )
    return { finalTo, detections, ...(growing.length > 0 && { growing }) }
  }

  return {
    push(text) {
      length += text.length
      const { shown, marks: found, isOpen } = reader.push(text)
      const read = readOther(shown, found, isOpen)
      return step(asItStands.push(text), read ? [read] : [])
    },
    end() {
      const { shown, marks: found } = reader.end()
      const read = readOther(shown, found, false)
      const own = asItStands.end()
      const steps = read && other ? [read, other.end()] : []
      otherTo = length
      const last = step(own, steps)
      finalTo = length
      return {
        finalTo,
        detections: [...last.detections, ...united(pending.splice(0), otherPending.splice(0))],
      }
    },
  }
}

/** Those that cover something that reads otherwise, with all of it. Marks are sorted and apart from each other. */
function covering(marks: readonly Mark[], detections: readonly Detection[]): Detection[] {
  return detections.flatMap((detection) => {
    const { start, end } = detection
    const first = marks[firstBehind(marks, start)]
    if (first === undefined || first.start >= end) return []
    const last = marks[firstBehind(marks, end - 1)]
    const to = last && last.start < end ? Math.max(end, last.end) : end
    return [{ ...detection, end: to }]
  })
}

/** Index of the first mark that ends behind an offset. */
function firstBehind(marks: readonly Mark[], offset: number): number {
  let low = 0
  let high = marks.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (marks[middle]!.end <= offset) low = middle + 1
    else high = middle
  }
  return low
}

type Places = Pick<Reader, 'startOf' | 'endOf'>

function placed(detection: Detection, { startOf, endOf }: Places): Detection {
  return { ...detection, start: startOf(detection.start), end: endOf(detection.end - 1) }
}

/** Sorted by start, each place and type once. */
function united(detections: readonly Detection[], others: readonly Detection[]): Detection[] {
  if (others.length === 0) return [...detections]
  const byPlace = new Map<string, Detection>()
  for (const detection of [...detections, ...others]) {
    const place = `${detection.type} ${detection.start} ${detection.end}`
    const known = byPlace.get(place)
    if (!known || known.confidence < detection.confidence) byPlace.set(place, detection)
  }
  return [...byPlace.values()].sort((a, b) => a.start - b.start)
}
