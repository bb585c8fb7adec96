import { fromBase64 } from './base64.ts'
import { type Hash, hashBytes } from './hash.ts'

/** A `.tlog-proof` (C2SP tlog-proof): that an entry is in a log, to be checked offline. */
export type ProofFile = { extra?: Buffer; index: number; hashes: Hash[]; checkpoint: string }

export class ProofFileError extends Error {
  override name = 'ProofFileError'
}

const heading = 'c2sp.org/tlog-proof@v1'

export function formatProofFile({ extra, index, hashes, checkpoint }: ProofFile): string {
  return [
    heading,
    ...(extra ? [`extra ${extra.toString('base64')}`] : []),
    `index ${index}`,
    ...hashes.map((hash) => hash.toString('base64')),
    '',
    checkpoint,
  ].join('\n')
}

/** @throws ProofFileError saying which line is wrong. */
export function parseProofFile(text: string): ProofFile {
  const end = text.indexOf('\n\n')
  if (end < 0) throw new ProofFileError('The proof has no empty line before its checkpoint')
  const lines = text.slice(0, end).split('\n')
  if (lines.shift() !== heading) throw new ProofFileError(`The first line of a proof is ${heading}`)
  const extra = lines[0]?.startsWith('extra ') ? fromBase64(lines.shift()!.slice(6)) : null
  if (extra === undefined) throw new ProofFileError('The line "extra" is no Base64')
  const [, index] = /^index (0|[1-9]\d*)$/.exec(lines.shift() ?? '') ?? []
  if (index === undefined || !Number.isSafeInteger(Number(index)))
    throw new ProofFileError('The proof has no line "index"')
  const hashes = lines.map((line) => {
    const hash = fromBase64(line)
    if (hash?.length !== hashBytes) throw new ProofFileError('A line of the proof is no hash')
    return hash
  })
  return { ...(extra && { extra }), index: Number(index), hashes, checkpoint: text.slice(end + 2) }
}
