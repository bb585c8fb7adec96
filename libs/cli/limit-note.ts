import { formatCount } from './format.ts'

/** What to say of a list that is as long as `--limit` allows: whether there is more was not asked. Nothing of a shorter one. */
export function limitNote(shown: number, limit: number): string | undefined {
  if (shown < limit) return undefined
  return `The list ends after ${formatCount(limit)}; there may be more: raise --limit.`
}
