import { fromBase64 } from './base64.ts'
import { type Hash, hashBytes } from './hash.ts'

/** What a log asks of a witness: `add-checkpoint` of C2SP tlog-witness. */
export type AddCheckpoint = { oldSize: number; proof: Hash[]; checkpoint: string }

const maxConsistencyLines = 63

export function formatAddCheckpoint({ oldSize, proof, checkpoint }: AddCheckpoint): string {
  return [`old ${oldSize}`, ...proof.map((hash) => hash.toString('base64')), '', checkpoint].join('\n')
}

/** Undefined where it is no such request. */
export function parseAddCheckpoint(body: string): AddCheckpoint | undefined {
  const end = body.indexOf('\n\n')
  if (end < 0) return undefined
  const [first, ...lines] = body.slice(0, end).split('\n')
  const [, oldSize] = /^old (0|[1-9]\d*)$/.exec(first ?? '') ?? []
  if (oldSize === undefined || !Number.isSafeInteger(Number(oldSize))) return undefined
  const proof = lines.map((line) => fromBase64(line))
  if (proof.length > maxConsistencyLines) return undefined
  if (!proof.every((hash) => hash?.length === hashBytes)) return undefined
  return { oldSize: Number(oldSize), proof: proof as Hash[], checkpoint: body.slice(end + 2) }
}
