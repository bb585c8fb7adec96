import { parentPort, workerData } from 'node:worker_threads'
import { compilePolicySet, createScanCache } from '@airs-cp/policy-engine'
import { openDatabase } from '@airs-cp/postgres'
import type { PolicyTables } from '../tables.ts'
import type { BacktestInput, Chunk, Snapshot } from './input.ts'
import { judgeExchange } from './judge-exchange.ts'
import { readChunk, readContents } from './read-exchanges.ts'
import { bodiesOf, maxBodyBytes, type RecordedExchange, referencesOf } from './recorded-exchange.ts'
import { addFileDifference, addJudgement, emptyTally, type Tally } from './tally.ts'

export type WorkerData = {
  databaseUrl: string
  input: Pick<BacktestInput, 'set' | 'inForce' | 'tested' | 'enforce'>
  snapshot: Snapshot
}
export type WorkerResult = { index: number; tally: Tally }

/** A thread of a backtest: gets chunks one after the other, responds to each with its result. */
const { databaseUrl, input, snapshot } = workerData as WorkerData
const database = openDatabase<PolicyTables>({ url: databaseUrl, name: 'policy-backtest', max: 2 })
const set = compilePolicySet(input.set)
const inForce = input.inForce && compilePolicySet(input.inForce)
if (input.enforce)
  for (const { document } of set.policies) if (input.tested.includes(document.name)) document.mode = 'enforce'

/** Requests repeat the conversation so far. */
const cache = createScanCache('backtest', 10_000)

/** The next chunk is read while one is judged. */
let ahead: { chunk: Chunk; exchanges: Promise<RecordedExchange[]> } | undefined

const read = (chunk: Chunk) => {
  const exchanges = readChunk(database, snapshot, chunk)
  exchanges.catch(() => {})
  return exchanges
}

parentPort!.on('message', ({ chunk, next }: { chunk: Chunk; next: Chunk | undefined }) => {
  const known = ahead?.chunk.index === chunk.index ? ahead.exchanges : read(chunk)
  ahead = next && { chunk: next, exchanges: read(next) }
  void judgeChunk(chunk, known)
})

async function judgeChunk(chunk: Chunk, exchanges: Promise<RecordedExchange[]>): Promise<void> {
  const tally = emptyTally()
  for (const recorded of await exchanges) {
    const contents = await contentsFor(recorded)
    const judgement = judgeExchange(set, recorded, contents, cache)
    addJudgement(tally, judgement)
    if (inForce && judgement) {
      const now = judgeExchange(inForce, recorded, contents, cache)
      if (now) addFileDifference(tally, now.after, judgement.after)
    }
  }
  parentPort!.postMessage({ index: chunk.index, tally } satisfies WorkerResult)
}

const none: ReadonlyMap<string, Buffer> = new Map()

function contentsFor(recorded: RecordedExchange): Promise<Map<string, Buffer>> | ReadonlyMap<string, Buffer> {
  const bodies = Object.values(bodiesOf(recorded)).filter((body) => body && body.bytes <= maxBodyBytes)
  const digests = [...new Set(bodies.flatMap(referencesOf))]
  return digests.length === 0 ? none : readContents(database, digests)
}
