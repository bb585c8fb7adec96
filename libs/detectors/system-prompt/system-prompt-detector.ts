import type { Detection, ScanStep, SpanScan, TextDetector } from '../detector.ts'
import { inSlices } from '../slices.ts'
import { type EncodedRun, maxEncodings } from '../view/encoded-runs.ts'
import { type View, viewOf } from '../view/view.ts'
import { createViewBuilder } from '../view/view-builder.ts'
import { indexPrompt, type PromptIndex } from './prompt-index.ts'
import { createRunFollower, type Run } from './run-follower.ts'
import { createWordReader, readWords } from './words.ts'

/**
 * Finds what an answer has word by word from a system prompt: at least so many words in a row, whatever their case and what
 * stands between them, also where they stand as base64. Linear in both. A translation, a summary or a cipher of the prompt is not found.
 * @param words of a shorter prompt, all of it.
 */
export function createSystemPromptDetector(prompts: readonly string[], words: number): TextDetector {
  const known = prompts.flatMap((prompt) => indexPrompt(viewOf(prompt).text, words) ?? [])
  return {
    kind: 'text',
    name: 'system-prompt',
    detect(text, view = viewOf(text)) {
      return known.length === 0 ? [] : detectIn(known, view)
    },
    slices: (text, characters) => inSlices(openScan(known), text, characters),
    open: () => openScan(known),
  }
}

function detectIn(known: readonly PromptIndex[], view: View, level = 1): Detection[] {
  const said = readWords(view.text)
  const found = encodedIn(known, view.encoded, view, level)
  for (const prompt of known) {
    const follower = createRunFollower(prompt)
    const take = (run: Run | undefined) => {
      if (!run) return
      const start = view.startOf(said.starts[run.from]!)
      const end = view.endOf(said.ends[run.to - 1]! - 1)
      found.push(detectionOf(run, prompt, start, end))
    }
    for (const word of said.hashes) take(follower.push(word))
    take(follower.end())
  }
  return found.sort((a, b) => a.start - b.start)
}

/** What is found in text that stands encoded covers all of that. */
function encodedIn(
  known: readonly PromptIndex[],
  encoded: readonly EncodedRun[],
  { startOf, endOf }: Pick<View, 'startOf' | 'endOf'>,
  level: number,
): Detection[] {
  return encoded.flatMap((run) => {
    const view = viewOf(run.text)
    const inner = detectIn(known, level === maxEncodings ? { ...view, encoded: [] } : view, level + 1)
    const strongest = inner.sort((a, b) => b.confidence - a.confidence)[0]
    return strongest ? [{ ...strongest, start: startOf(run.start), end: endOf(run.end - 1) }] : []
  })
}

function detectionOf({ from, to }: Run, prompt: PromptIndex, start: number, end: number): Detection {
  return { type: 'SYSTEM_PROMPT', start, end, confidence: confidenceOf(to - from, prompt.count) }
}

/** A short quotation of a long prompt is less of a leak than half of it. */
function confidenceOf(words: number, promptWords: number): number {
  return Math.min(1, 0.6 + 0.4 * (words / Math.min(promptWords, 100)))
}

/** A match is final when no word that comes can belong to it; other text, when no match can begin in it. */
function openScan(known: readonly PromptIndex[]): SpanScan {
  const builder = createViewBuilder()
  const followers = known.map((prompt) => ({ prompt, follower: createRunFollower(prompt) }))
  /** Where the words stand in the view, from the word `base` on. */
  let starts: number[] = []
  let ends: number[] = []
  let base = 0
  let length = 0
  let seen = 0
  let to = 0
  let found: Detection[] = []
  const placed = (run: Run, prompt: PromptIndex) =>
    detectionOf(
      run,
      prompt,
      builder.startOf(starts[run.from - base]!),
      builder.endOf(ends[run.to - 1 - base]! - 1),
    )
  const reader = createWordReader((hash, start, end) => {
    starts.push(start)
    ends.push(end)
    for (const { prompt, follower } of followers) {
      const run = follower.push(hash)
      if (run) found.push(placed(run, prompt))
    }
  })

  /** Up to where in the view nothing can become part of a match, or of a longer one. */
  function finalIn({ prompt, follower }: (typeof followers)[number]): { word: number; at: number } {
    const count = base + starts.length
    const open = follower.open()?.from ?? count
    const begun = reader.unfinished()
    const isOver = begun !== '' && !prompt.mayBegin(begun)
    const word = isOver ? open : Math.min(open, follower.mayBeginAt())
    if (word < count) return { word, at: starts[word - base]! }
    return { word, at: begun !== '' && !isOver ? reader.unfinishedFrom() : seen }
  }

  function step(shown: string, ended: boolean): ScanStep {
    seen += shown.length
    found.push(...encodedIn(known, builder.takeRuns(), builder, 1))
    reader.push(shown)
    if (ended) {
      reader.end()
      for (const { prompt, follower } of followers) {
        const run = follower.end()
        if (run) found.push(placed(run, prompt))
      }
    }
    const finals = ended ? [] : followers.map(finalIn)
    const from = to
    const encodedFrom = ended || known.length === 0 ? seen : builder.openFrom()
    to = Math.max(from, Math.min(seen, encodedFrom, ...finals.map(({ at }) => at)))
    while (!ended && to > from && to < seen && builder.startOf(to) < builder.endOf(to - 1)) to--
    const finalTo = ended ? length : to === 0 ? 0 : builder.endOf(to - 1)
    const detections = found.filter(({ start }) => start < finalTo).sort((a, b) => a.start - b.start)
    if (detections.length > 0) found = found.filter(({ start }) => start >= finalTo)
    const growing = ended
      ? []
      : followers.flatMap(({ prompt, follower }) => {
          const run = follower.open()
          return run ? [placed(run, prompt)] : []
        })
    forget(Math.min(base + starts.length, ...finals.map(({ word }) => word)))
    return { finalTo, detections, ...(growing.length > 0 && { growing }) }
  }

  function forget(word: number): void {
    if (word - base < 256) return
    starts = starts.slice(word - base)
    ends = ends.slice(word - base)
    base = word
    builder.forget(to)
  }

  return {
    push(text) {
      length += text.length
      return step(builder.push(text), false)
    },
    end: () => step(builder.end(), true),
  }
}
