import {
  type Checkpoint,
  NoteError,
  parseCheckpointText,
  parseNote,
  type VerifierKey,
  verifyNote,
} from '@airs-cp/transparency-log'

export type SignedCheckpoint = Checkpoint & {
  /** The trusted keys whose signatures hold. */
  signedBy: VerifierKey[]
}

/** A checkpoint that is not to be believed. */
export class CheckpointProblem extends Error {
  override name = 'CheckpointProblem'
}

/**
 * A checkpoint that a trusted key of its log has signed.
 * @throws CheckpointProblem saying what is wrong with it.
 */
export function checkCheckpoint(note: string, keys: readonly VerifierKey[]): SignedCheckpoint {
  const { text, signedBy } = checkSignedText(note, keys)
  const checkpoint = parseCheckpointText(text)
  if (!checkpoint) throw new CheckpointProblem('Checkpoint: it has no origin, size and root')
  return { ...checkpoint, signedBy: keysOfLog(signedBy, checkpoint.origin, 'Checkpoint') }
}

/**
 * Those of the keys that have signed which are of the log that signs for itself. `what`: it begins the message.
 * @throws CheckpointProblem where none is.
 */
export function keysOfLog(signedBy: readonly VerifierKey[], origin: string, what: string): VerifierKey[] {
  const own = signedBy.filter(({ name }) => name === origin)
  if (own.length === 0)
    throw new CheckpointProblem(
      `${what}: it is of log ${origin}, and the trusted key is of log ${signedBy[0]!.name}`,
    )
  return own
}

/** The text of a note that a trusted key has signed. @throws CheckpointProblem */
export function checkSignedText(
  note: string,
  keys: readonly VerifierKey[],
): { text: string; signedBy: VerifierKey[] } {
  try {
    const parsed = parseNote(note)
    return { text: parsed.text, signedBy: verifyNote(parsed, keys).map(({ key }) => key) }
  } catch (error) {
    if (!(error instanceof NoteError)) throw error
    throw new CheckpointProblem(describe(error, note), { cause: error })
  }
}

function describe({ reason, message }: NoteError, note: string): string {
  if (reason === 'malformed') return 'Signature: this is not a signed note'
  if (reason === 'invalid') return `Signature: ${message.replace('The signature', 'the signature')}`
  const claimed = parseNote(note).signatures.map(({ name, id }) => `${name}+${id}`)
  return `Signature: no trusted key has signed it; it claims ${claimed.join(', ')}`
}
