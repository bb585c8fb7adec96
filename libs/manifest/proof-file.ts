import { fromBase64, type Hash, hashBytes } from '@airs-cp/transparency-log'

/** Where the proof of an export's file stands. Its format: docs/log-format.md, "Proof of an export". */
export function proofName(file: string): string {
  return `${file}.proof`
}

export const proofHeading = 'airs-proof/1'

/** What is proven of a row: which leaf it is, and what its digests need. */
export type RowProof =
  | { kind: 'recorded'; index: number; salt: Buffer; facts: Hash; leaf: Hash }
  /** The row is what remains of an erased event: its facts. */
  | { kind: 'erased'; index: number; event: Hash; factsSalt: Buffer; leaf: Hash }
  /** The log had no leaf for it. */
  | { kind: 'unproven' }

export type ProofLine =
  | RowProof
  /** Root of a perfect subtree, none of whose leaves is a row or an entry of this proof. */
  | { kind: 'node'; level: number; index: number; hash: Hash }
  /** A leaf whose event is not in the export. */
  | { kind: 'entry'; index: number; record: Buffer }
  /** The signed record of a drop: of its leaves the log has only hashes. */
  | { kind: 'drop'; note: string }

export function formatProofLine(line: ProofLine): string {
  const text = (bytes: Buffer) => bytes.toString('base64')
  switch (line.kind) {
    case 'recorded':
      return `r ${line.index} ${text(line.salt)} ${text(line.facts)} ${text(line.leaf)}`
    case 'erased':
      return `e ${line.index} ${text(line.event)} ${text(line.factsSalt)} ${text(line.leaf)}`
    case 'unproven':
      return 'u'
    case 'node':
      return `n ${line.level} ${line.index} ${text(line.hash)}`
    case 'entry':
      return `x ${line.index} ${line.record.toString('latin1')}`
    case 'drop':
      return `d ${Buffer.from(line.note).toString('base64')}`
  }
}

/** Undefined where it is no such line. */
export function parseProofLine(line: Buffer): ProofLine | undefined {
  const text = line.toString('latin1')
  if (text === 'u') return { kind: 'unproven' }
  if (text.startsWith('d ')) {
    const note = fromBase64(text.slice(2))
    return note && { kind: 'drop', note: note.toString('utf8') }
  }
  const [, letter, digits, rest] = /^([renx]) (0|[1-9]\d{0,15}) (.+)$/s.exec(text) ?? []
  if (letter === undefined || rest === undefined) return undefined
  const index = Number(digits)
  if (!Number.isSafeInteger(index)) return undefined
  if (letter === 'x') return { kind: 'entry', index, record: Buffer.from(rest, 'latin1') }
  const words = rest.split(' ')
  if (letter === 'n') {
    const [at, hash] = words
    if (words.length !== 2 || index > 52 || !/^(0|[1-9]\d{0,15})$/.test(at!)) return undefined
    const bytes = readHash(hash!)
    return bytes && { kind: 'node', level: index, index: Number(at), hash: bytes }
  }
  const [first, second, leaf] = words.map(readHash)
  if (words.length !== 3 || !first || !second || !leaf) return undefined
  return letter === 'r'
    ? { kind: 'recorded', index, salt: first, facts: second, leaf }
    : { kind: 'erased', index, event: first, factsSalt: second, leaf }
}

/** Standard Base64 of 32 bytes: 44 characters, of which the last is "=". */
function readHash(text: string): Hash | undefined {
  if (text.length !== 44) return undefined
  const bytes = Buffer.from(text, 'base64')
  return bytes.length === hashBytes && bytes.toString('base64') === text ? bytes : undefined
}
