import { type LeafAttributes, leafRecord, saltedDigest } from '@airs-cp/evidence'
import {
  leafHash,
  type ProofFile,
  ProofFileError,
  parseProofFile,
  type VerifierKey,
  verifyInclusion,
} from '@airs-cp/transparency-log'
import { CheckpointProblem, checkCheckpoint, type SignedCheckpoint } from './check-checkpoint.ts'
import type { Receipt, ReceiptEvent } from './receipt.ts'

export type ReceiptVerdict = {
  /** What is wrong, one sentence each. Empty: every event of it is in the log, as shown. */
  problems: string[]
  /** The newest checkpoint that it rests on. */
  checkpoint: SignedCheckpoint | undefined
}

/** Checks a receipt offline: each event against its leaf, each leaf against a checkpoint that a trusted key has signed. */
export function verifyReceipt({ of, events }: Receipt, keys: readonly VerifierKey[]): ReceiptVerdict {
  const problems: string[] = []
  let checkpoint: SignedCheckpoint | undefined
  try {
    for (const [index, event] of events.entries()) {
      const proof = readProof(event.proof)
      const signed = checkCheckpoint(proof.checkpoint, keys)
      if (!checkpoint || signed.size > checkpoint.size) checkpoint = signed
      problems.push(...problemsOf(event, index + 1, of, proof, signed))
    }
    if (events.length === 0) problems.push('It has no events')
  } catch (error) {
    if (!(error instanceof CheckpointProblem)) throw error
    problems.push(error.message)
  }
  return { problems, checkpoint }
}

function* problemsOf(
  { record, event, salt, facts, factsSalt }: ReceiptEvent,
  number: number,
  of: Receipt['of'],
  { index, hashes }: ProofFile,
  { size, root }: SignedCheckpoint,
): Generator<string> {
  const entry = readEntry(record)
  const name = `Event ${number} (${entry.id})`
  if (!verifyInclusion(leafHash(Buffer.from(record)), index, size, hashes, root))
    yield `${name}: its leaf is not in the log: the proof leads to another root`
  const shows = (text: string, from: 'event' | 'facts', salted: string) => {
    const digests = {
      event: Buffer.from(entry.event, 'base64'),
      facts: Buffer.from(entry.facts, 'base64'),
      [from]: saltedDigest(Buffer.from(salted, 'base64'), text),
    }
    return leafRecord(readAttributes(text), digests.event, digests.facts).equals(Buffer.from(record))
  }
  if (event !== undefined && !shows(event, 'event', salt ?? ''))
    yield `${name}: its bytes are not those that its leaf commits to`
  if (facts !== undefined && !shows(facts, 'facts', factsSalt ?? ''))
    yield `${name}: its facts are not those that its leaf commits to`
  // The entry has no session; what is shown does.
  const shown = () => readJson(event ?? facts ?? '{}') as { session?: unknown }
  for (const [what, value] of Object.entries(of))
    if ((what === 'session' ? shown().session : entry[what === 'event' ? 'id' : 'exchange']) !== value)
      yield `${name}: it is not of ${what} ${value}`
}

type Entry = { id: string; exchange?: string; event: string; facts: string }

function readEntry(record: string): Entry {
  const { id, exchange, event, facts } = readJson(record) as Record<string, unknown>
  return {
    id: String(id),
    ...(exchange !== undefined && { exchange: String(exchange) }),
    event: String(event),
    facts: String(facts),
  }
}

function readAttributes(text: string): LeafAttributes {
  return readJson(text) as LeafAttributes
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new CheckpointProblem(`It cannot be read: ${(error as Error).message}`, { cause: error })
  }
}

function readProof(text: string): ProofFile {
  try {
    return parseProofFile(text)
  } catch (error) {
    if (!(error instanceof ProofFileError)) throw error
    throw new CheckpointProblem(`It cannot be read: ${error.message}`, { cause: error })
  }
}
