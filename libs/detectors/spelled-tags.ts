import type { Detection, Detector, ScanStep, SlicedScan, SpanScan } from './detector.ts'
import { spelledOf } from './view/tags.ts'
import { viewOf } from './view/view.ts'

/**
 * A detector that looks at texts with tag characters once more, as what these spell: a view leaves them out, since nobody sees
 * them. What it finds there covers tag characters.
 */
export function readingTags<Of extends Detector>(detector: Of): Of {
  function* slices(text: string, characters: number): SlicedScan {
    const found = yield* detector.slices(text, characters)
    const spelled = spelledOf(text)
    if (!spelled) return found
    return merged(found, covering(spelled.tags, yield* detector.slices(spelled.text, characters)))
  }
  return {
    ...detector,
    detect(text, view = viewOf(text)) {
      const found = detector.detect(text, view)
      const spelled = view.spelled()
      if (!spelled) return found
      return merged(found, covering(spelled.tags, detector.detect(spelled.text, spelled.view)))
    },
    slices,
    ...('holdFrom' in detector && {
      holdFrom: (text: string, ended: boolean) =>
        ended ? text.length : openBoth(detector).push(text).finalTo,
    }),
    open: () => openBoth(detector),
  }
}

/** So much of what came before is read again when the first tag character comes. */
const tailCharacters = 16_384

/** A scan that is one of its detector until a tag character comes; from then on there are two. */
function openBoth(detector: Detector): SpanScan {
  const asItStands = detector.open()
  let spelled: SpanScan | undefined
  /** Offset in the text of what the second one reads first. */
  let base = 0
  let tail = ''
  /** Half of a pair, which the second one does not read yet. */
  let half = ''
  let length = 0
  let finalTo = 0
  let spelledTo = 0
  let tags: number[] = []
  let pending: Detection[] = []
  let pendingSpelled: Detection[] = []

  function readSpelled(piece: string, ended: boolean): ScanStep | undefined {
    const text = half + piece
    half = !ended && text.endsWith('\udb40') ? '\udb40' : ''
    const whole = half === '' ? text : text.slice(0, -1)
    const from = length - text.length
    const read = spelledOf(whole)
    if (!spelled && !read) {
      tail += whole
      if (tail.length > 2 * tailCharacters) tail = tail.slice(-tailCharacters)
      return undefined
    }
    for (const at of read?.tags ?? []) tags.push(at + from)
    const before = spelled ? '' : tail
    if (!spelled) base = from - tail.length
    spelled ??= detector.open()
    tail = ''
    const first = spelled.push(before + (read?.text ?? whole))
    if (!ended) return first
    const last = spelled.end()
    return { ...last, detections: [...first.detections, ...last.detections] }
  }

  function step(own: ScanStep, other: ScanStep | undefined): ScanStep {
    if (!other) {
      finalTo = own.finalTo
      return own
    }
    const inText = (detections: readonly Detection[]) =>
      covering(
        tags,
        detections.map((it) => ({ ...it, start: it.start + base, end: it.end + base })),
      )
    spelledTo = Math.max(spelledTo, other.finalTo + base)
    pending.push(...own.detections)
    pendingSpelled.push(...inText(other.detections))
    finalTo = Math.max(finalTo, Math.min(own.finalTo, spelledTo))
    const isFinal = ({ start }: Detection) => start < finalTo
    const detections = merged(pending.filter(isFinal), pendingSpelled.filter(isFinal))
    pending = pending.filter((it) => !isFinal(it))
    pendingSpelled = pendingSpelled.filter((it) => !isFinal(it))
    if (tags.length > tailCharacters) tags = tags.slice(firstFrom(tags, finalTo - tailCharacters))
    const growing = [...(own.growing ?? []), ...inText(other.growing ?? [])]
    return { finalTo, detections, ...(growing.length > 0 && { growing }) }
  }

  return {
    push(text) {
      length += text.length
      return step(asItStands.push(text), readSpelled(text, false))
    },
    end() {
      const other = readSpelled('', true)
      const last = step(asItStands.end(), other)
      return { ...last, finalTo: length }
    },
  }
}

/** Those that cover a tag character, with all of the last one. */
function covering(tags: ArrayLike<number>, detections: readonly Detection[]): Detection[] {
  return detections.flatMap((detection) => {
    const { start, end } = detection
    const first = tags[firstFrom(tags, start)]
    if (first === undefined || first >= end) return []
    return [tags[firstFrom(tags, end - 1)] === end - 1 ? { ...detection, end: end + 1 } : detection]
  })
}

/** Index of the first place at or after an offset. */
function firstFrom(tags: ArrayLike<number>, offset: number): number {
  let low = 0
  let high = tags.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (tags[middle]! < offset) low = middle + 1
    else high = middle
  }
  return low
}

function merged(detections: readonly Detection[], others: readonly Detection[]): Detection[] {
  return others.length === 0 ? [...detections] : [...detections, ...others].sort((a, b) => a.start - b.start)
}
