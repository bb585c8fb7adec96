import type { Detection, ScanStep, SpanDetector, SpanScan } from '../detector.ts'
import { inSlices } from '../slices.ts'
import { viewOf } from '../view/view.ts'
import { createViewBuilder, type ViewBuilder } from '../view/view-builder.ts'
import { createSearches } from './automaton.ts'
import { createMatcher, type Match, maxMatch } from './matcher.ts'
import { compileProgram, type Program } from './program.ts'

/**
 * Finds what a pattern in RE2 syntax matches, up to 1,024 characters at a time, in time that is linear in the text. A pattern
 * is its author's: it is matched with the text as it stands, and with the view of it too, where that differs.
 * @throws when the pattern is not valid or too large.
 */
export function createPatternDetector(spec: { name: string; pattern: string }): SpanDetector {
  const program = compileProgram(spec.pattern)
  const openSearch = createSearches(program)
  const toDetection = ({ start, end }: Match): Detection => ({ type: spec.name, start, end, confidence: 1 })
  const matchesOf = (text: string): Match[] => {
    const search = openSearch()
    if (!search.push(text) && !search.end()) return []
    const matcher = createMatcher(program)
    return [...matcher.push(text), ...matcher.end()]
  }
  return {
    kind: 'span',
    name: 'pattern',
    maxHold: maxMatch + 2,
    detect(text, view = viewOf(text)) {
      const matches = matchesOf(text)
      const shown = view.isText ? [] : matchesOf(view.text).map((match) => placed(match, view))
      return united(matches, shown).map(toDetection)
    },
    slices: (text, characters) => inSlices(openScan(program, toDetection), text, characters),
    holdFrom(text, ended) {
      return ended ? text.length : openScan(program, toDetection).push(text).finalTo
    },
    open: () => openScan(program, toDetection),
  }
}

function openScan(program: Program, toDetection: (match: Match) => Detection): SpanScan {
  const asItStands = createMatcher(program)
  const asShown = createMatcher(program)
  const builder = createViewBuilder()
  let length = 0
  let finalTo = 0
  let shownTo = 0
  let pending: Match[] = []
  const step = (matches: Match[], shown: Match[], ended: boolean): ScanStep => {
    pending = united(pending, [...matches, ...shown.map((match) => placed(match, builder))])
    const inView = asShown.finalTo()
    const inText = inView === 0 ? 0 : Math.min(builder.endOf(inView - 1), builder.startOf(inView))
    finalTo = ended ? length : Math.max(finalTo, Math.min(asItStands.finalTo(), inText))
    const detections = pending.filter(({ start }) => start < finalTo).map(toDetection)
    pending = pending.filter(({ start }) => start >= finalTo)
    builder.forget(Math.max(0, Math.min(inView, shownTo) - maxMatch))
    return { finalTo, detections }
  }
  return {
    push(text) {
      length += text.length
      const matches = asItStands.push(text)
      const shown = builder.push(text)
      shownTo += shown.length
      return step(matches, asShown.push(shown), false)
    },
    end() {
      const rest = builder.end()
      shownTo += rest.length
      const shown = [...asShown.push(rest), ...asShown.end()]
      return step(asItStands.end(), shown, true)
    },
  }
}

function placed({ start, end }: Match, view: Pick<ViewBuilder, 'startOf' | 'endOf'>): Match {
  return { start: view.startOf(start), end: view.endOf(end - 1) }
}

/** Sorted by start, each place once. */
function united(matches: readonly Match[], others: readonly Match[]): Match[] {
  if (others.length === 0) return [...matches]
  const sorted = [...matches, ...others].sort((a, b) => a.start - b.start || a.end - b.end)
  return sorted.filter(
    ({ start, end }, index) => start !== sorted[index - 1]?.start || end !== sorted[index - 1]?.end,
  )
}
