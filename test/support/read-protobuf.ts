/** Fields of a protobuf message by number, as they are on the wire: numbers, 64-bit numbers, or bytes. */
export type Fields = Map<number, (number | bigint | Buffer)[]>

export function readProtobuf(bytes: Buffer): Fields {
  const fields: Fields = new Map()
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]!
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  const take = (length: number): Buffer => {
    const part = bytes.subarray(at, at + length)
    at += length
    return part
  }
  while (at < bytes.length) {
    const tag = Number(varint())
    const kind = tag & 7
    const value =
      kind === 0
        ? varint()
        : kind === 1
          ? take(8).readBigUInt64LE()
          : kind === 2
            ? take(Number(varint()))
            : take(4).readUInt32LE()
    fields.set(tag >> 3, [...(fields.get(tag >> 3) ?? []), value])
  }
  return fields
}
