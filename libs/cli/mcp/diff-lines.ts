export type DiffLine = { kind: ' ' | '-' | '+'; text: string }

/** What one text changes in another: the lines between those that both begin and end with, as removed and added. */
export function diffLines(before: string, after: string): DiffLine[] {
  const [old, fresh] = [before.split('\n'), after.split('\n')]
  const most = Math.min(old.length, fresh.length)
  let head = 0
  while (head < most && old[head] === fresh[head]) head++
  let tail = 0
  while (tail < most - head && old[old.length - 1 - tail] === fresh[fresh.length - 1 - tail]) tail++
  const as = (kind: DiffLine['kind']) => (text: string) => ({ kind, text })
  return [
    ...old.slice(0, head).map(as(' ')),
    ...old.slice(head, old.length - tail).map(as('-')),
    ...fresh.slice(head, fresh.length - tail).map(as('+')),
    ...old.slice(old.length - tail).map(as(' ')),
  ]
}
