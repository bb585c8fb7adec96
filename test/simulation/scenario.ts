import { type RecordingMode, uuidv7 } from '@airs-cp/events'
import { nuid } from '@nats-io/nuid'
import type pg from 'pg'
import { serveShipping } from '../../services/ingress/shipping/serve-shipping.ts'
import { natsAddress } from './addresses.ts'
import type { AuditProgram } from './audit-program.ts'
import { check, isSettled } from './check.ts'
import { Disk } from './disk.ts'
import { type Scene, scheduleFaults } from './faults.ts'
import { type IngressProgram, runIngress } from './ingress-program.ts'
import { Ledger } from './ledger.ts'
import { NatsServer } from './nats-server.ts'
import { mountDisk, onDeathInCall } from './platform/files.ts'
import { addServer, clearNetwork } from './platform/network.ts'
import { realFills } from './platform/randomness.ts'
import { addThread } from './platform/threads.ts'
import { PostgresServer } from './postgres-server.ts'
import { Program } from './program.ts'
import { World } from './world.ts'

export type Outcome = {
  seed: string
  problems: string[]
  steps: number
  faults: ReadonlyMap<string, number>
  virtualMs: number
  traceHash: number
  acknowledged: number
  refused: number
  starts: number
}

const dayMs = 86_400_000
/** Later in each scenario of one process than in the one before: some code never goes back in time. */
let nextStartMs = Date.UTC(2027, 0, 1)
let scenarios = 0
const settleWithinMs = 10 * 60_000

addThread('/shipper-worker.ts', (port, data, exit) => serveShipping(port as never, data as never, exit))

/**
 * One run of ingress, NATS, event store and log, from empty disks to the end of the faults and to the point where everything
 * must have arrived.
 * @param client of a Postgres with the schema, whose content is replaced.
 */
export async function runScenario(
  seed: string,
  client: pg.Client,
  { onTrace }: { onTrace?: ((line: string) => void) | undefined } = {},
): Promise<Outcome> {
  await emptyTables(client)
  clearNetwork()
  forgetRandomBytes()
  const world = new World(seed, nextStartMs)
  nextStartMs += 30 * dayMs
  const { runAudit } = (await import(
    `./audit-program.ts?scenario=${scenarios++}`
  )) as typeof import('./audit-program.ts')
  world.onTrace = onTrace
  const { random } = world
  const machines = {
    ingress: { name: 'ingress', clockOffsetMs: 0 },
    audit: { name: 'audit', clockOffsetMs: 0 },
  }
  const disks = { ingress: new Disk(random.fork('ingress disk')), audit: new Disk(random.fork('audit disk')) }
  for (const [name, disk] of Object.entries(disks)) mountDisk(name, disk)
  const nats = new NatsServer(world)
  addServer(natsAddress, nats)
  const postgres = new PostgresServer(world, client)
  const ledger = new Ledger()
  const notes: string[] = []
  postgres.onCheckpoint = (note) => notes.push(note)
  let isOpen = true
  const mode = random.pick<RecordingMode>(['strict', 'strict', 'strict', 'replicated', 'best-effort'])
  const settings = {
    mode,
    clients: random.integer(1, 8),
    pauseMs: random.pick([50, 200, 800]),
    limitBytes: random.pick([1, 2, 8]) * 1024 * 1024,
    ledger,
    random: random.fork('traffic'),
    isOpen: () => isOpen,
    onReport: (report: { kind: string; from?: number; to?: number }) => {
      // What mode `best-effort` has lost is missing, and nothing is damaged.
      const isLoss = mode === 'best-effort' && report.kind === 'damage' && report.from === report.to
      if (
        (report.kind === 'damage' && !isLoss) ||
        report.kind === 'epoch-unreadable' ||
        report.kind === 'unshippable'
      )
        world.problems.push(`the ingress reports ${JSON.stringify(report)}`)
      onTrace?.(`  report ${JSON.stringify(report)}`)
    },
    onLockLost: () => ingress.end(1_000),
  }
  const onProblem = (problem: string, error: unknown) => onTrace?.(`  audit: ${problem}: ${error}`)
  const ingress = new Program<IngressProgram>(world, 'ingress', machines.ingress, () => runIngress(settings))
  const audit = new Program<AuditProgram>(world, 'audit', machines.audit, () => runAudit(postgres, onProblem))
  const scene: Scene = { world, machines, disks, nats, postgres, ingress, audit }
  onDeathInCall((process) => {
    const program = process.name.startsWith('ingress') ? ingress : audit
    if (program.process?.isAlive) {
      world.inject(`${program.name} dies within a call`)
      disks[program.name as 'ingress'].loseProcesses()
      program.end(random.integer(100, 2_000))
    }
  })
  const onRejection = (error: unknown) => world.noteError('a promise that nobody handles', error)
  process.on('unhandledRejection', onRejection)
  try {
    audit.start()
    ingress.start()
    const trafficMs = random.integer(10_000, 60_000)
    const heal = scheduleFaults(scene, trafficMs)
    await world.runUntil(trafficMs)
    heal()
    isOpen = false
    const facts = { client, ledger, notes, scene, mode }
    let isDone = false
    while (!isDone && world.problems.length === 0 && world.nowMs < trafficMs + settleWithinMs) {
      await world.runUntil(world.nowMs + 2_000)
      isDone = (await isSettled(facts)).length === 0
    }
    if (!isDone)
      for (const waiting of await isSettled(facts))
        world.problems.push(`after ${settleWithinMs / 60_000} min: ${waiting}`)
    world.problems.push(...(await check(facts)))
  } catch (error) {
    world.problems.push(`the simulator: ${(error as Error).stack}`)
  } finally {
    ingress.process?.kill()
    audit.process?.kill()
    process.off('unhandledRejection', onRejection)
    await client.query('rollback')
  }
  return {
    seed,
    problems: [...new Set(world.problems)],
    steps: world.steps,
    faults: world.faults,
    virtualMs: world.nowMs,
    traceHash: world.traceHash,
    acknowledged: ledger.acknowledged.size,
    refused: ledger.refused,
    starts: ingress.starts + audit.starts,
  }
}

const poolBytes = 4096
const bytesOfId = 8

/** Ids draw random bytes by the pool: what an earlier scenario has left of it must not be used in this one. */
function forgetRandomBytes(): void {
  const before = realFills.count
  while (realFills.count === before) uuidv7(0)
  nuid.reset()
  for (let used = bytesOfId; used + bytesOfId <= poolBytes; used += bytesOfId) uuidv7(0)
}

async function emptyTables(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ names: string }>(
    `select string_agg(format('%I.%I', schemaname, tablename), ', ') as names from pg_tables
     where schemaname = 'audit' and tablename not like 'migrations%'`,
  )
  await client.query(`truncate ${rows[0]!.names} restart identity cascade`)
}
