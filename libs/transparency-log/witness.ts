import { parseAddCheckpoint } from './add-checkpoint.ts'
import { type Checkpoint, parseCheckpointText } from './checkpoint.ts'
import type { Signer, VerifierKey } from './keys.ts'
import { findSignatures, type Note, NoteError, parseNote, signatureLine } from './note.ts'
import { verifyConsistency } from './proofs.ts'

/** What a witness remembers of each log. */
export type WitnessMemory = {
  /** The text of the checkpoint of that origin that was cosigned last. */
  read(origin: string): Promise<string | undefined>
  /** Resolves when it is durable. */
  write(origin: string, text: string): Promise<void>
}

export type WitnessResponse = { status: number; type: string; body: string }

/**
 * The server side of `add-checkpoint` (C2SP tlog-witness). It cosigns what continues what it has cosigned last of the same
 * log, and remembers that before it responds.
 *
 * | status | |
 * |---|---|
 * | 200 | the cosignature |
 * | 400 | the body is no such request, or its old size is larger than the checkpoint's |
 * | 403 | no trusted key of the log has signed the checkpoint |
 * | 404 | the log is not known |
 * | 409 | another size was cosigned last, which is the body; or another tree of the same size |
 * | 422 | the proof does not hold: the tree is no continuation of that which was cosigned last |
 */
export function createWitness({
  signer,
  logs,
  memory,
}: {
  signer: Signer
  /** Keys of the logs that are witnessed; a key's name is the origin of its log. */
  logs: readonly VerifierKey[]
  memory: WitnessMemory
}) {
  const turns = new Map<string, Promise<unknown>>()
  /** Two requests of one log at a time could both be let through. */
  function inTurn<Result>(origin: string, work: () => Promise<Result>): Promise<Result> {
    const mine = (turns.get(origin) ?? Promise.resolve()).then(work, work)
    turns.set(origin, mine)
    return mine
  }

  return {
    async addCheckpoint(body: string): Promise<WitnessResponse> {
      const request = parseAddCheckpoint(body)
      const note = request && readNote(request.checkpoint)
      const checkpoint = note && parseCheckpointText(note.text)
      if (!request || !note || !checkpoint) return plain(400, 'This is no add-checkpoint request')
      const { origin, size } = checkpoint
      const keys = logs.filter(({ name }) => name === origin)
      if (keys.length === 0) return plain(404, 'This log is not known here')
      if (!isSigned(note, keys)) return plain(403, 'No known key of this log has signed the checkpoint')
      if (request.oldSize > size) return plain(400, 'The old size is larger than that of the checkpoint')
      return inTurn(origin, async () => {
        const text = await memory.read(origin)
        const last: Checkpoint | undefined = text === undefined ? undefined : parseCheckpointText(text)
        if (text !== undefined && !last) throw new Error(`What is remembered of log ${origin} cannot be read`)
        const known = last?.size ?? 0
        const conflict = { status: 409, type: 'text/x.tlog.size', body: `${known}\n` }
        if (request.oldSize !== known) return conflict
        if (last && known === size && !last.root.equals(checkpoint.root)) return conflict
        if (last && !verifyConsistency(known, last.root, size, checkpoint.root, request.proof))
          return plain(422, 'This tree is no continuation of the one that was cosigned last')
        if (!last && request.proof.length > 0) return plain(422, 'From nothing on, a proof has no hashes')
        await memory.write(origin, note.text)
        return { status: 200, type: 'text/plain; charset=utf-8', body: signatureLine(signer, note.text) }
      })
    },
  }
}

export type Witness = ReturnType<typeof createWitness>

function plain(status: number, sentence: string): WitnessResponse {
  return { status, type: 'text/plain; charset=utf-8', body: `${sentence}\n` }
}

function readNote(text: string): Note | undefined {
  try {
    return parseNote(text)
  } catch (error) {
    if (!(error instanceof NoteError)) throw error
    return undefined
  }
}

function isSigned(note: Note, keys: readonly VerifierKey[]): boolean {
  try {
    return findSignatures(note, keys).length > 0
  } catch (error) {
    if (!(error instanceof NoteError)) throw error
    return false
  }
}
