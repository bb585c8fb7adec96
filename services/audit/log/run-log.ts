import { underLock } from '@airs-cp/postgres'
import { type Running, repeat } from '@airs-cp/runtime'
import {
  checkpointText,
  type Frontier,
  formatVerifierKey,
  type Signer,
  signNote,
} from '@airs-cp/transparency-log'
import { type Kysely, sql } from 'kysely'
import type { Anchor } from './anchors.ts'
import type { WitnessClient, WitnessStatus } from './ask-witnesses.ts'
import { describeTrouble } from './describe-trouble.ts'
import { judgeLog, type LogState } from './fork-safety.ts'
import { integrateBatch } from './integrate.ts'
import { type LogFiles, makeSigners, readSigned, type SignedCheckpoint } from './log-files.ts'
import { consistencyProof, readFrontier, rootAt, treeSize } from './read-tree.ts'
import type { LogTables } from './tables.ts'

/** Under this lock, one at a time, leaves are added and checkpoints are signed. */
const lockKey = 'audit.log'
const batchEvents = 2_000

export type LogStatus = {
  /** `waiting`: the store or the files could not be read yet. */
  state: 'waiting' | 'sound' | 'halted'
  /** Why nothing is signed, and what to do. */
  problem: string | null
  origin: string | null
  generation: number | null
  keys: string[]
  size: number
  /** Size and time of the last checkpoint that was signed, and of the one that is published. */
  signed: { size: number } | null
  /** Positions of events that were removed before they had a leaf. */
  removed: number[]
  witnesses: WitnessStatus[]
  anchors: { name: string; problem: string | null }[]
  hasQuorum: boolean
}

export type TransparencyLog = Running & {
  status(): LogStatus
  /** Leaves out nothing that is committed when it is called: resolves when that is signed and published. */
  settled(): Promise<void>
  /** Signs a text that is no checkpoint. @throws where the log stands still. */
  sign(text: string): Promise<string>
  /** Adds a key; from then on the log signs with all of them. */
  addKey(): Promise<void>
  /** Removes a key. @throws where it is the last one, or unknown. */
  removeKey(id: string): Promise<void>
  /** Begins another log, which gives every event a new leaf. @returns its origin, and the last checkpoint of the one before. */
  beginAnew(): Promise<{ origin: string; predecessor: string | null }>
}

/** A log that goes on: what one start of it knows. */
type Session = {
  generation: number
  signers: Signer[]
  frontier: Frontier
  lastSigned: SignedCheckpoint | undefined
  publishedSize: number | undefined
}

export type LogOptions = {
  database: Kysely<LogTables>
  files: LogFiles
  /** Of the first log; chosen at random where there is none. */
  origin?: string | undefined
  withMlDsa?: boolean
  witnesses?: WitnessClient | undefined
  anchors?: readonly Anchor[]
  everyMs?: number
  onProblem: (problem: string, error: unknown) => void
  /** Called when a problem appears, and with null when all is well again. */
  onTurn?: (problem: string | null) => void
}

/** Reported while a round fails. */
export const cannotGoOn = 'the log cannot go on for now'

/**
 * The integrator. Every second it gives new events their leaves, signs a checkpoint, asks the witnesses, publishes and
 * anchors it. Whatever goes wrong, it starts over from what the store and the files hold, and signs only what continues
 * what was signed last; see `judgeLog`.
 */
export function runLog(options: LogOptions): TransparencyLog {
  const { database, files, witnesses, anchors = [], everyMs = 1_000, onProblem, onTurn = () => {} } = options
  let session: Session | undefined
  let state: LogState | undefined
  let trouble: string | null = null
  let hasQuorum = true
  let turned: string | null = null
  const removed: number[] = []

  async function open(): Promise<Session | undefined> {
    const signers = await files.signers()
    const keyOrigin = signers[0]?.key.name
    const lastSigned = signers.length > 0 ? await files.lastSigned(signers) : undefined
    const stored = await findLog(database)
    const storedRoot =
      stored && lastSigned && stored.size >= lastSigned.size
        ? await rootAt(database, stored.generation, lastSigned.size)
        : undefined
    state = judgeLog({ keyOrigin, lastSigned, stored, storedRoot })
    if (state.kind === 'halted') return undefined
    if (state.kind === 'new') {
      await files.writeSigners(makeSigners(options.origin, options.withMlDsa ?? false))
      return open()
    }
    if (!stored) {
      await database
        .insertInto('audit.logs')
        .values({ generation: 1, origin: keyOrigin!, predecessor: null })
        .execute()
      return open()
    }
    const { generation, publishedSize } = stored
    return {
      generation,
      signers,
      lastSigned,
      publishedSize,
      frontier: await readFrontier(database, generation),
    }
  }

  async function addLeaves({ generation, frontier }: Session): Promise<void> {
    for (let taken = batchEvents; taken === batchEvents && !isClosed; ) {
      const batch = await underLock(database, lockKey, async (transaction) => {
        await sql`set local synchronous_commit = on`.execute(transaction)
        await refuseOthers(transaction, generation, frontier)
        return integrateBatch(transaction, generation, frontier, batchEvents)
      })
      taken = batch.taken
      for (const position of batch.gone) {
        removed.push(position)
        onProblem('an event was removed before it had its leaf', new Error(`Position ${position}`))
      }
    }
  }

  /** On disk before it is returned, and while nobody else can add leaves or sign. */
  async function signNews(current: Session): Promise<void> {
    const { generation, frontier, signers } = current
    const isNews = frontier.size > (current.lastSigned?.size ?? 0)
    if (!isNews && !signsAgain) return
    await underLock(database, lockKey, async (transaction) => {
      await refuseOthers(transaction, generation, frontier)
      const origin = signers[0]!.key.name
      const text = checkpointText({ origin, size: frontier.size, root: frontier.root() })
      const note = signNote(text, signers)
      await files.writeLastSigned(note)
      current.lastSigned = readSigned(note, signers)
      current.publishedSize = undefined
      signsAgain = false
    })
  }

  async function publishSigned(current: Session): Promise<void> {
    const { generation, lastSigned } = current
    if (!lastSigned || current.publishedSize === lastSigned.size) return
    let { note } = lastSigned
    if (witnesses) {
      const cosigned = await witnesses.cosign(lastSigned, (oldSize) =>
        consistencyProof(database, generation, oldSize, lastSigned.size),
      )
      note = cosigned.note
      hasQuorum = cosigned.hasQuorum
    }
    await sql`insert into audit.log_checkpoints as c (generation, size, note)
      values (${generation}, ${lastSigned.size}, ${note})
      on conflict (generation) do update set size = excluded.size, note = excluded.note, published_at = now()
      where c.size <= excluded.size`.execute(database)
    current.publishedSize = lastSigned.size
    for (const anchor of anchors) anchor.offer(note, lastSigned.size)
  }

  async function round(): Promise<void> {
    try {
      session ??= await open()
      if (session) {
        await addLeaves(session)
        await signNews(session)
        await publishSigned(session)
      }
      trouble = null
    } catch (error) {
      session = undefined
      trouble = `The log cannot go on for now: ${describeTrouble(error as Error)}`
      onProblem(cannotGoOn, error)
    }
    const now =
      problem() ??
      (hasQuorum ? undefined : 'The checkpoint lacks cosignatures of a quorum of witnesses') ??
      anchors.map((anchor) => anchor.problem()).find((one) => one !== undefined) ??
      null
    if (now !== turned) onTurn(now)
    turned = now
  }

  const problem = () => (state?.kind === 'halted' ? state.problem : trouble)
  let signsAgain = false
  let isClosed = false
  let running = Promise.resolve()
  /** One round after the other; whoever needs the log for himself waits for his turn. */
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const mine = running.then(work)
    running = mine.then(
      () => {},
      () => {},
    )
    return mine
  }
  const loop = repeat({
    everyMs,
    work: () => inTurn(round),
    onProblem: (error) => onProblem(cannotGoOn, error),
  })
  async function close(): Promise<void> {
    isClosed = true
    await loop.close()
    await running
    for (const anchor of anchors) await anchor.close()
  }

  return {
    status: () => ({
      state: state?.kind === 'halted' ? 'halted' : session ? 'sound' : 'waiting',
      problem: problem(),
      origin: session?.signers[0]?.key.name ?? null,
      generation: session?.generation ?? null,
      keys: session?.signers.map(({ key }) => formatVerifierKey(key)) ?? [],
      size: session?.frontier.size ?? 0,
      signed: session?.lastSigned ? { size: session.lastSigned.size } : null,
      removed: [...removed],
      witnesses: witnesses?.status() ?? [],
      anchors: anchors.map(({ name, problem }) => ({ name, problem: problem() ?? null })),
      hasQuorum,
    }),
    async settled() {
      await inTurn(round)
      const reason = problem()
      if (reason !== null) throw new Error(reason)
    },
    sign: (text) =>
      inTurn(async () => {
        if (!session) throw new Error(problem() ?? 'The log has not begun yet: try again')
        return signNote(text, session.signers)
      }),
    addKey: () =>
      inTurn(async () => {
        const signers = await files.signers()
        const name = signers[0]?.key.name
        if (name === undefined) throw new Error('The log has no key yet')
        await files.writeSigners([...signers, ...makeSigners(name, options.withMlDsa ?? false)])
        session = undefined
        signsAgain = true
      }),
    removeKey: (id) =>
      inTurn(async () => {
        const signers = await files.signers()
        const others = signers.filter(({ key }) => key.id !== id)
        if (others.length === signers.length) throw new Error(`The log has no key with id ${id}`)
        if (!others.some(({ key }) => key.algorithm === 'ed25519'))
          throw new Error(`Key ${id} is the last one: add another first (airs log key --add)`)
        const lastSigned = await files.lastSigned(others).catch(() => undefined)
        if (!lastSigned)
          throw new Error('The last checkpoint is not signed with the other keys yet: try again')
        await files.writeSigners(others)
        session = undefined
        signsAgain = true
      }),
    beginAnew: () =>
      inTurn(async () => {
        const begun = await beginAnother(options)
        session = undefined
        return begun
      }),
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function findLog(database: Kysely<LogTables>) {
  const log = await database
    .selectFrom('audit.logs')
    .leftJoin('audit.log_checkpoints', 'audit.log_checkpoints.generation', 'audit.logs.generation')
    .select(['audit.logs.generation', 'origin', 'audit.log_checkpoints.size as publishedSize'])
    .orderBy('audit.logs.generation', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!log) return undefined
  const { generation, origin, publishedSize } = log
  return {
    generation,
    origin,
    publishedSize: publishedSize ?? undefined,
    size: await treeSize(database, generation),
  }
}

/** @throws where leaves were added or removed by somebody else since; then everything is read anew. */
async function refuseOthers(
  database: Kysely<LogTables>,
  generation: number,
  frontier: Frontier,
): Promise<void> {
  const size = await treeSize(database, generation)
  if (size !== frontier.size)
    throw new Error(`The log has ${size} leaves in the store, where ${frontier.size} were expected`)
}

/**
 * Keys first, so that after a crash in between the log stands still (`other-key`) instead of signing what it must not; then
 * this is done again.
 */
async function beginAnother({ database, files, withMlDsa = false }: LogOptions) {
  const signers = await files.signers().catch(() => [])
  const lastSigned = await files.lastSigned(signers).catch(() => undefined)
  const next = makeSigners(undefined, withMlDsa)
  const origin = next[0]!.key.name
  await files.retire()
  await files.writeSigners(next)
  return underLock(database, lockKey, async (transaction) => {
    const before = await findLog(transaction)
    const published = await transaction
      .selectFrom('audit.log_checkpoints')
      .select('note')
      .orderBy('generation', 'desc')
      .limit(1)
      .executeTakeFirst()
    const predecessor = lastSigned?.note ?? published?.note ?? null
    const generation = (before?.generation ?? 0) + 1
    await transaction.insertInto('audit.logs').values({ generation, origin, predecessor }).execute()
    await sql`delete from audit.log_pending`.execute(transaction)
    await sql`insert into audit.log_pending select position from audit.events`.execute(transaction)
    return { origin, predecessor }
  })
}
