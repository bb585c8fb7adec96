/** Far above any row that is exported: whoever sends a line without an end must not take all memory. */
const longestLine = 64 * 1024 * 1024

export type LineRules = {
  longestBytes?: number
  /** @throws for a line that is longer. */
  tooLong?: (longestBytes: number) => never
  /** Called where the last line does not end; without it, that is a line too. @throws where it must end. */
  unended?: () => never
}

/** The lines of a text, without their ends. Keeps what is not ended yet. @throws for a line of more than 64 MiB, or as the rules say. */
export async function* splitLines(
  chunks: AsyncIterable<Buffer>,
  { longestBytes = longestLine, tooLong = refuse, unended }: LineRules = {},
): AsyncGenerator<Buffer> {
  const newline = 0x0a
  let rest: Buffer[] = []
  let restBytes = 0
  for await (const chunk of chunks) {
    let from = 0
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
      const end = chunk.subarray(from, at)
      yield rest.length > 0 ? Buffer.concat([...rest, end]) : end
      rest = []
      restBytes = 0
      from = at + 1
    }
    if (from === chunk.length) continue
    rest.push(chunk.subarray(from))
    restBytes += chunk.length - from
    if (restBytes > longestBytes) tooLong(longestBytes)
  }
  if (rest.length === 0) return
  unended?.()
  yield Buffer.concat(rest)
}

function refuse(longestBytes: number): never {
  throw new Error(`A line is longer than ${longestBytes} bytes`)
}
