/** What became of one string of a stream: from where on the client gets something else than the provider sent. */
export type StringChanges = {
  receive(text: string): void
  /** The next of what goes to the client. */
  release(text: string): void
  changedFrom(): number | undefined
  /** All of it, where it is kept. */
  received(): string | undefined
  released(): string
  isEmpty(): boolean
}

/** @param keeps the whole string, to compare it with a repetition. Without it memory is what is held back. */
export function createStringChanges(keeps: boolean): StringChanges {
  let received = ''
  let released = ''
  let waiting = ''
  let same = 0
  let length = 0
  let changedFrom: number | undefined
  return {
    receive(text) {
      length += text.length
      if (keeps) received += text
      if (changedFrom === undefined) waiting += text
    },
    release(text) {
      if (keeps) released += text
      if (changedFrom !== undefined) return
      const common = commonPrefix(waiting, text)
      same += common
      waiting = waiting.slice(common)
      if (common < text.length) changedFrom = same
    },
    changedFrom: () => changedFrom,
    received: () => (keeps ? received : undefined),
    released: () => released,
    isEmpty: () => length === 0,
  }
}

function commonPrefix(a: string, b: string): number {
  if (a.startsWith(b)) return b.length
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  return at
}
