import {
  findSignatures,
  formatAddCheckpoint,
  type Hash,
  isQuorum,
  NoteError,
  type PolicyWitness,
  parseNote,
  parseSignatureLine,
  type WitnessPolicy,
} from '@airs-cp/transparency-log'
import type { SignedCheckpoint } from './log-files.ts'

export type WitnessStatus = {
  name: string
  url: string
  /** Size of the last checkpoint that it has cosigned. */
  size: number
  cosignedAt: string | null
  /** Why it has not cosigned the newest one. */
  problem: string | null
}

export type Cosigned = {
  /** The checkpoint with the cosignatures that came. */
  note: string
  hasQuorum: boolean
}

type Witness = PolicyWitness & { url: string }
type Memory = WitnessStatus & { failures: number; retryAtMs: number }

const timeoutMs = 5_000
const longestPauseMs = 5 * 60_000
const mostResponseBytes = 64 * 1024

/**
 * Client of `add-checkpoint` (C2SP tlog-witness). One that does not respond, or has something to object, is asked again after
 * a pause that grows, so that it delays nothing for long.
 */
export function createWitnessClient(policy: WitnessPolicy) {
  const witnesses: Witness[] = policy.witnesses.flatMap(({ url, ...witness }) =>
    url === undefined ? [] : [{ ...witness, url: url.replace(/\/$/, '') }],
  )
  const memories = new Map<string, Memory>(
    witnesses.map(({ name, url }) => [
      name,
      { name, url, size: 0, cosignedAt: null, problem: null, failures: 0, retryAtMs: 0 },
    ]),
  )

  return {
    status: (): WitnessStatus[] =>
      [...memories.values()].map(({ failures: _, retryAtMs: __, ...status }) => status),

    /** Asks every witness. Never rejects because of one of them. */
    async cosign(
      checkpoint: SignedCheckpoint,
      consistency: (oldSize: number) => Promise<Hash[]>,
    ): Promise<Cosigned> {
      const lines = await Promise.all(
        witnesses.map(async (witness) => {
          const memory = memories.get(witness.name)!
          if (performance.now() < memory.retryAtMs) return []
          try {
            const line = await askWitness(witness, memory, checkpoint, consistency)
            Object.assign(memory, {
              size: checkpoint.size,
              cosignedAt: new Date().toISOString(),
              problem: null,
              failures: 0,
            })
            return [{ name: witness.name, line }]
          } catch (error) {
            memory.failures++
            memory.retryAtMs = performance.now() + Math.min(longestPauseMs, 1_000 * 2 ** memory.failures)
            memory.problem = error instanceof Error ? error.message : String(error)
            return []
          }
        }),
      )
      const given = lines.flat()
      return {
        note: checkpoint.note + given.map(({ line }) => line).join(''),
        hasQuorum: isQuorum(policy, new Set(given.map(({ name }) => name))),
      }
    },
  }
}

export type WitnessClient = ReturnType<typeof createWitnessClient>

/** The line of its cosignature. @throws saying why there is none. */
async function askWitness(
  witness: Witness,
  memory: Memory,
  checkpoint: SignedCheckpoint,
  consistency: (oldSize: number) => Promise<Hash[]>,
): Promise<string> {
  for (let attempt = 0; ; attempt++) {
    const proof = await consistency(memory.size)
    const { status, body } = await post(
      `${witness.url}/add-checkpoint`,
      formatAddCheckpoint({ oldSize: memory.size, proof, checkpoint: checkpoint.note }),
    )
    if (status === 200) return cosignatureIn(body, witness, checkpoint)
    const [, size] = status === 409 ? (/^(0|[1-9]\d{0,15})\n?$/.exec(body) ?? []) : []
    if (size === undefined) throw new Error(objection(witness, status, body))
    if (Number(size) > checkpoint.size)
      throw new Error(
        `Witness ${witness.name} has seen ${size} leaves of this log, which has ${checkpoint.size}: either it lies, or this log was put back`,
      )
    if (Number(size) === memory.size)
      throw new Error(
        `Witness ${witness.name} has cosigned another tree of ${size} leaves: this log shows two histories, or the witness lies`,
      )
    if (attempt > 0) throw new Error(objection(witness, status, body))
    memory.size = Number(size)
  }
}

function cosignatureIn(body: string, { name, key }: Witness, { note }: SignedCheckpoint): string {
  const { text } = parseNote(note)
  try {
    const signatures = body
      .split('\n')
      .filter((line) => line !== '')
      .map(parseSignatureLine)
    const [cosignature] = findSignatures({ text, signatures }, [key])
    if (cosignature) return cosignature.line
  } catch (error) {
    if (!(error instanceof NoteError)) throw error
    throw new Error(`Witness ${name} sent a cosignature that does not hold: ${error.message}`, {
      cause: error,
    })
  }
  throw new Error(`Witness ${name} sent no cosignature of key ${key.name}+${key.id}`)
}

function objection({ name }: Witness, status: number, body: string): string {
  const meaning: Record<number, string> = {
    400: 'it does not understand the request',
    403: 'it does not know the key of this log',
    404: 'it does not know this log',
    409: 'it has seen another size than it says',
    422: 'it has seen another tree of this size, or one that this one does not continue',
  }
  const said = body
    .slice(0, 200)
    .replaceAll(/[^\x20-\x7e]+/g, ' ')
    .trim()
  return `Witness ${name} responded with status ${status}: ${meaning[status] ?? 'unexpected'}${said === '' ? '' : ` (${said})`}`
}

async function post(url: string, body: string): Promise<{ status: number; body: string }> {
  const signal = AbortSignal.timeout(timeoutMs)
  const response = await fetch(url, { method: 'POST', body, signal, redirect: 'error' }).catch((error) => {
    throw new Error(`${url} does not respond: ${error.cause?.message ?? error.message}`, { cause: error })
  })
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes > mostResponseBytes)
      throw new Error(`${url} responds with more than ${mostResponseBytes} bytes`)
    chunks.push(chunk)
  }
  return { status: response.status, body: Buffer.concat(chunks).toString('utf8') }
}
