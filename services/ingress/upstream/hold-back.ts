/**
 * What of a response is held back until its outcome is recorded. `push` takes the client's bytes in order; what may go is
 * sent, at the latest with `flush`.
 */
export type HoldBack = {
  /** @param isEnd it completes the response, or comes after what did. */
  push(chunk: Buffer, isEnd: boolean): void
  /** What completed the response did not: it goes, and others follow. */
  goOn(): void
  flush(): void
  held(): Buffer
  /** Throws away what is held. */
  clear(): void
}

/** Nothing goes. @param tooLarge thrown over `limitBytes`. */
export function holdWhole(limitBytes: number, tooLarge: () => Error): HoldBack {
  const bytes = createBytes()
  return {
    push(chunk) {
      if (bytes.length() + chunk.length > limitBytes) throw tooLarge()
      bytes.add(chunk)
    },
    goOn() {},
    flush() {},
    held: bytes.joined,
    clear: bytes.clear,
  }
}

/** A chunk goes when the next one has come: a client with `Content-Length` is done at the last byte. */
export function holdLastChunk(send: (chunk: Buffer) => void): HoldBack {
  let last: Buffer | undefined
  return {
    push(chunk) {
      const before = last
      last = chunk
      if (before) send(before)
    },
    goOn() {},
    flush() {},
    held: () => last ?? Buffer.alloc(0),
    clear() {
      last = undefined
    },
  }
}

/** Everything goes up to the end, what came together in one write. */
export function holdEnd(send: (chunk: Buffer) => void): HoldBack {
  const passed = createBytes()
  const end = createBytes()
  return {
    push(chunk, isEnd) {
      ;(isEnd ? end : passed).add(chunk)
    },
    goOn() {
      if (end.length() > 0) passed.add(end.joined())
      end.clear()
    },
    flush() {
      if (passed.length() === 0) return
      const together = passed.joined()
      passed.clear()
      send(together)
    },
    held: end.joined,
    clear: end.clear,
  }
}

function createBytes() {
  let chunks: Buffer[] = []
  let bytes = 0
  return {
    add(chunk: Buffer) {
      chunks.push(chunk)
      bytes += chunk.length
    },
    length: () => bytes,
    joined: () => (chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, bytes)),
    clear() {
      chunks = []
      bytes = 0
    },
  }
}
