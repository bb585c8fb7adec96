import fc, { type Arbitrary } from 'fast-check'

type Mutation = {
  kind: 'flip' | 'cut' | 'double' | 'insert' | 'swap'
  at: number
  length: number
  bytes: Uint8Array
}

/** Input of a grammar, as it is or damaged: bits flipped, parts cut out, doubled, moved, and words of a dictionary put in. */
export function mutated(
  grammar: Arbitrary<string | Buffer>,
  dictionary: readonly string[],
): Arbitrary<Buffer> {
  const bytes = fc.oneof(
    fc.constantFrom(...dictionary.map((word) => new Uint8Array(Buffer.from(word, 'latin1')))),
    fc.uint8Array({ maxLength: 4 }),
  )
  const mutation: Arbitrary<Mutation> = fc.record({
    kind: fc.constantFrom('flip', 'cut', 'double', 'insert', 'swap'),
    at: fc.nat(),
    length: fc.integer({ min: 1, max: 64 }),
    bytes,
  })
  return fc
    .tuple(grammar, fc.array(mutation, { maxLength: 6 }))
    .map(([base, mutations]) => mutations.reduce(mutate, Buffer.from(base as string)))
}

function mutate(base: Buffer, { kind, at, length, bytes }: Mutation): Buffer {
  const from = at % (base.length + 1)
  const [head, part, tail] = [
    base.subarray(0, from),
    base.subarray(from, from + length),
    base.subarray(from + length),
  ]
  if (kind === 'cut') return Buffer.concat([head, tail])
  if (kind === 'double') return Buffer.concat([head, part, part, tail])
  if (kind === 'insert') return Buffer.concat([head, bytes, part, tail])
  if (kind === 'swap') return Buffer.concat([part, head, tail])
  const flipped = Buffer.from(part)
  if (flipped.length > 0) flipped[0]! ^= 1 << (length % 8)
  return Buffer.concat([head, flipped, tail])
}
