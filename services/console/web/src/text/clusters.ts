import type { Schemas } from '../api/client.ts'

type Mark = Schemas['ConversationSide']['messages'][number]['marks'][number]

/** Findings that overlap, as one place of the text. */
export type Cluster = { start: number; end: number; marks: Mark[] }

/** In order of the text. A mark of no length stands at its place alone. */
export function clusters(marks: readonly Mark[]): Cluster[] {
  const found: Cluster[] = []
  for (const mark of [...marks].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = found.at(-1)
    if (last && (mark.start < last.end || (mark.start === last.start && mark.end === last.end))) {
      last.end = Math.max(last.end, mark.end)
      last.marks.push(mark)
    } else found.push({ start: mark.start, end: mark.end, marks: [mark] })
  }
  return found
}
