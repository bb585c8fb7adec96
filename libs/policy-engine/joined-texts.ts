import { atOnce, type Slices } from '@airs-cp/events'
import type { EvaluatedText } from './evaluation-context.ts'

/** What texts that go on in each other say where they meet: as models read the parts of one message. */
export type JoinedText = EvaluatedText & { pieces: readonly JoinedPiece[] }

/** A part of a joined text, from `from` to `to`, which begins at `start` of a text. */
export type JoinedPiece = { path: string; from: number; to: number; start: number }

/** So much on either side of a seam is joined: no pattern matches more. */
const reach = 1024

/** So many texts are joined, or put into their chains, in a millisecond. */
const textsAtOnce = 1024

/**
 * The surroundings of every seam; where seams are near each other, all between them. A long text costs no more for having
 * parts before and behind it.
 */
export function joinTexts(texts: readonly EvaluatedText[]): JoinedText[] {
  return texts.some(({ continues }) => continues !== undefined) ? atOnce(joinTextsInSlices(texts)) : []
}

/** The same in slices. */
export function* joinTextsInSlices(texts: readonly EvaluatedText[]): Slices<JoinedText[]> {
  const joined: JoinedText[] = []
  for (const chain of yield* chainsOf(texts)) yield* joinChain(chain, joined)
  return joined
}

function* chainsOf(texts: readonly EvaluatedText[]): Slices<Iterable<EvaluatedText[]>> {
  const chains = new Map<EvaluatedText, EvaluatedText[]>()
  const byPath = new Map<string, EvaluatedText>()
  for (const [index, text] of texts.entries()) {
    byPath.set(text.path, text)
    if (index % textsAtOnce === textsAtOnce - 1) yield
  }
  for (const [index, text] of texts.entries()) {
    if (index % textsAtOnce === textsAtOnce - 1) yield
    const before = text.continues === undefined ? undefined : byPath.get(text.continues)
    if (!before || before.role !== text.role || before.kind !== text.kind) continue
    const chain = chains.get(before) ?? [before]
    chain.push(text)
    chains.delete(before)
    chains.set(text, chain)
  }
  return chains.values()
}

function* joinChain(chain: readonly EvaluatedText[], joined: JoinedText[]): Slices<void> {
  const last = chain.length - 1
  let text = ''
  let pieces: JoinedPiece[] = []
  const take = ({ path, text: whole }: EvaluatedText, start: number, end: number) => {
    pieces.push({ path, from: text.length, to: text.length + end - start, start })
    text += whole.slice(start, end)
  }
  const close = ({ path, role, kind }: EvaluatedText) => {
    joined.push({ path, text, ...(role && { role }), ...(kind && { kind }), pieces })
    text = ''
    pieces = []
  }
  for (const [index, part] of chain.entries()) {
    if (index % textsAtOnce === textsAtOnce - 1) yield
    const { length } = part.text
    const tail = Math.max(0, length - reach)
    if (index === 0) take(part, tail, length)
    else if (index === last) take(part, 0, Math.min(reach, length))
    else if (length <= 2 * reach) take(part, 0, length)
    else {
      take(part, 0, reach)
      close(part)
      take(part, tail, length)
    }
  }
  close(chain[last]!)
}

/** The parts of what a range of a joined text covers, where it covers a seam; else nothing. */
export function acrossSeam(
  pieces: readonly JoinedPiece[],
  start: number,
  end: number,
): { path: string; start: number; end: number }[] {
  const covered: { path: string; start: number; end: number }[] = []
  for (let index = firstEndingBehind(pieces, start); index < pieces.length; index++) {
    const piece = pieces[index]!
    const from = Math.max(start, piece.from)
    const to = Math.min(end, piece.to)
    const by = piece.start - piece.from
    if (piece.from >= end) break
    if (from < to) covered.push({ path: piece.path, start: from + by, end: to + by })
  }
  return covered.length > 1 ? covered : []
}

function firstEndingBehind(pieces: readonly JoinedPiece[], offset: number): number {
  let low = 0
  let high = pieces.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (pieces[middle]!.to <= offset) low = middle + 1
    else high = middle
  }
  return low
}
