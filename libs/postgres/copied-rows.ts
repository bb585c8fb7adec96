/** The fields of a row, as Postgres encodes their types in binary: a text is its bytes. */
export type CopiedRow = (Buffer | null)[]

const signature = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1')
const headerBytes = signature.length + 8
const end = -1

/**
 * Parses what `COPY … TO STDOUT (FORMAT BINARY)` sends, chunk by chunk.
 * @throws when it is something else, or ends before its end.
 */
export async function* readCopiedRows(chunks: AsyncIterable<Buffer>): AsyncIterable<CopiedRow[]> {
  let held: Buffer[] = []
  let heldBytes = 0
  let wantedBytes = headerBytes
  let isBegun = false
  let isEnded = false
  for await (const chunk of chunks) {
    held.push(chunk)
    heldBytes += chunk.length
    if (heldBytes < wantedBytes) continue
    const bytes = held.length === 1 ? chunk : Buffer.concat(held, heldBytes)
    let at = 0
    if (!isBegun) {
      at = skipHeader(bytes)
      isBegun = true
    }
    const rows: CopiedRow[] = []
    for (;;) {
      const row = readRow(bytes, at)
      if (row === end) {
        isEnded = true
        break
      }
      if (typeof row === 'number') {
        wantedBytes = row
        break
      }
      rows.push(row.fields)
      at = row.to
    }
    held = at < bytes.length ? [bytes.subarray(at)] : []
    heldBytes = bytes.length - at
    if (rows.length > 0) yield rows
  }
  if (!isEnded) throw new Error('Postgres stopped sending in the middle of its rows')
}

/** @throws when extensions that this does not know are in it. */
function skipHeader(bytes: Buffer): number {
  const flags = bytes.readUInt32BE(signature.length)
  const extensionBytes = bytes.readUInt32BE(signature.length + 4)
  if (!bytes.subarray(0, signature.length).equals(signature) || flags >>> 16 !== 0)
    throw new Error('Postgres sent rows in a form that is not known')
  return headerBytes + extensionBytes
}

/** A row; `end`, where there are no more; how many bytes are wanted from `from` on, where it is not here as a whole. */
function readRow(bytes: Buffer, from: number): { fields: CopiedRow; to: number } | number {
  if (from + 2 > bytes.length) return 2
  const count = bytes.readInt16BE(from)
  if (count === -1) return end
  const fields: CopiedRow = new Array(count)
  let at = from + 2
  for (let index = 0; index < count; index++) {
    if (at + 4 > bytes.length) return at + 4 - from
    const length = bytes.readInt32BE(at)
    at += 4
    if (length === -1) fields[index] = null
    else {
      if (at + length > bytes.length) return at + length - from
      fields[index] = bytes.subarray(at, at + length)
      at += length
    }
  }
  return { fields, to: at }
}
