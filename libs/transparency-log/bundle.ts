/** Entries as tlog-tiles bundles them: each behind its length in two bytes. @throws where one is longer than 65,535. */
export function encodeBundle(entries: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    entries.flatMap((entry) => {
      const length = Buffer.alloc(2)
      length.writeUInt16BE(entry.length)
      return [length, entry]
    }),
  )
}

/** @throws where the bundle ends within an entry. */
export function decodeBundle(bundle: Buffer): Buffer[] {
  const entries: Buffer[] = []
  for (let at = 0; at < bundle.length; ) {
    const from = at + 2
    const to = from + (from <= bundle.length ? bundle.readUInt16BE(at) : 0)
    if (from > bundle.length || to > bundle.length) throw new RangeError('The bundle ends within an entry')
    entries.push(bundle.subarray(from, to))
    at = to
  }
  return entries
}
