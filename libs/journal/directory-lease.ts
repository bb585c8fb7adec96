import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { open, readdir, readFile, readlink, unlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'

/** How long a lease holds after its last renewal began, and how often it is renewed. */
const leaseMs = 10_000
const renewEveryMs = 2_000
/** A lease that nobody has renewed for so long is over, whatever the clocks of two machines do meanwhile. */
const overAfterMs = 15_000

type Claim = {
  /** Drawn anew by each holder. */
  owner: string
  host: string
  process: number
  /** Where `boot` and `processes` are those of the reader, the reader sees the process, or that it is gone. */
  boot: string
  processes: string
  startedAt: string
  renewals: number
  released: boolean
}

export type Lease = {
  /** Whether nobody else can have taken over yet. */
  isHeld(): boolean
  release(): Promise<void>
}

export type LeaseTimes = { leaseMs: number; renewEveryMs: number; overAfterMs: number }

/** That somebody else has, or may have, the directory. `holder` says who. */
export class LeaseTakenError extends Error {
  override name = 'LeaseTakenError'
}

/**
 * Holds a directory for one process by a file that it renews, where nothing better works: on file systems without Unix
 * sockets, and on those that several machines share. Each holder has a file of its own with the next number, which only
 * one can create (O_EXCL); the highest number counts.
 *
 * | the highest file                          | what a newcomer does                                        |
 * |-------------------------------------------|-------------------------------------------------------------|
 * | none, or released                         | creates the next one                                        |
 * | of a process that is seen to have ended   | creates the next one                                        |
 * | changes within `overAfterMs`              | `LeaseTakenError`                                           |
 * | does not                                  | creates the next one                                        |
 *
 * A holder that could not renew for `leaseMs` holds nothing any more: it is over before a newcomer may begin.
 * Blocks for up to `overAfterMs`. @throws LeaseTakenError, and what the file system throws.
 */
export async function leaseDirectory(
  directory: string,
  onLost: () => void,
  times: LeaseTimes = { leaseMs, renewEveryMs, overAfterMs },
): Promise<Lease> {
  const highest = (await numbersIn(directory)).at(-1) ?? 0
  if (highest > 0) await waitUntilOver(leaseFile(directory, highest), times)
  const own = leaseFile(directory, highest + 1)
  const claim = await describeProcess()
  let renewed = now()
  await writeClaim(own, claim, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY).catch((error) => {
    if (error.code === 'EEXIST') throw new LeaseTakenError('another process that started just now')
    throw error
  })
  const numbers = await numbersIn(directory)
  if (numbers.at(-1) !== highest + 1) {
    await unlink(own)
    throw new LeaseTakenError('another process that started just now')
  }
  for (const number of numbers.slice(0, -1)) await unlink(leaseFile(directory, number)).catch(() => {})

  let isOver = false
  const isHeld = () => !isOver && elapsed(renewed, now()) < times.leaseMs
  const lose = () => {
    if (isOver) return
    isOver = true
    clearInterval(renewing)
    onLost()
  }
  let writing: Promise<void> = Promise.resolve()
  let isWriting = false
  const renewing = setInterval(() => {
    if (!isHeld()) lose()
    if (isWriting || isOver) return
    isWriting = true
    const began = now()
    claim.renewals += 1
    writing = writeClaim(own, claim, constants.O_WRONLY | constants.O_TRUNC)
      .then(() => {
        if (isHeld()) renewed = began
      })
      // It is tried again until the lease is over.
      .catch(() => {})
      .finally(() => {
        isWriting = false
      })
  }, times.renewEveryMs).unref()
  return {
    isHeld,
    async release() {
      clearInterval(renewing)
      await writing
      if (!isHeld()) return
      isOver = true
      // The file stays, so that numbers go on: two newcomers must not create different ones.
      // Where it cannot be written the lease is over all the same, a little later.
      await writeClaim(own, { ...claim, released: true }, constants.O_WRONLY | constants.O_TRUNC).catch(
        () => {},
      )
    },
  }
}

/** Resolves when the holder has released the lease or cannot hold it any more. @throws LeaseTakenError when it goes on. */
async function waitUntilOver(file: string, { renewEveryMs, overAfterMs }: LeaseTimes): Promise<void> {
  const first = await readText(file)
  if (first === undefined) return
  const holder = parseClaim(first)
  if (holder?.released || (holder && (await hasEnded(holder)))) return
  for (const began = performance.now(); performance.now() - began < overAfterMs; ) {
    await sleep(Math.min(renewEveryMs, overAfterMs) / 4)
    const text = await readText(file)
    if (text === undefined || parseClaim(text)?.released) return
    if (text === first) continue
    // Half of a claim: its holder is just writing it, or died while it did.
    if (!text.endsWith('\n')) continue
    const renewed = parseClaim(text)
    throw new LeaseTakenError(
      renewed
        ? `process ${renewed.process} on ${renewed.host}, since ${renewed.startedAt}`
        : 'another process',
    )
  }
}

/** Only where it can be known: the same start of the same machine, and the same processes to be seen. */
async function hasEnded({ process: pid, boot, processes, startedAt }: Claim): Promise<boolean> {
  const here = await describeProcess()
  if (boot === '' || processes === '' || boot !== here.boot || processes !== here.processes) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
  return pid === process.pid && startedAt !== here.startedAt
}

async function describeProcess(): Promise<Claim> {
  return {
    owner: randomUUID(),
    host: hostname(),
    process: process.pid,
    boot: await readFile('/proc/sys/kernel/random/boot_id', 'utf8').then(
      (text) => text.trim(),
      () => '',
    ),
    processes: await readlink('/proc/self/ns/pid').catch(() => ''),
    startedAt: new Date(performance.timeOrigin).toISOString(),
    renewals: 0,
    released: false,
  }
}

async function writeClaim(file: string, claim: Claim, flags: number): Promise<void> {
  const handle = await open(file, flags, 0o600)
  try {
    await handle.writeFile(`${JSON.stringify(claim)}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Undefined for half of one, which its holder is just writing, and for what no version of this wrote. */
function parseClaim(text: string): Claim | undefined {
  try {
    const claim: unknown = JSON.parse(text)
    return isClaim(claim) ? claim : undefined
  } catch {
    return undefined
  }
}

const claimTypes = {
  owner: 'string',
  host: 'string',
  process: 'number',
  boot: 'string',
  processes: 'string',
  startedAt: 'string',
  renewals: 'number',
  released: 'boolean',
} satisfies Record<keyof Claim, string>

function isClaim(value: unknown): value is Claim {
  if (typeof value !== 'object' || value === null) return false
  const fields = value as Record<string, unknown>
  return Object.entries(claimTypes).every(([name, type]) => typeof fields[name] === type)
}

function leaseFile(directory: string, number: number): string {
  return join(directory, `lock.${String(number).padStart(8, '0')}`)
}

async function numbersIn(directory: string): Promise<number[]> {
  const names = await readdir(directory)
  return names
    .flatMap((name) => /^lock\.(\d{8,})$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)
}

type Moment = { monotonicMs: number; wallMs: number }

function now(): Moment {
  return { monotonicMs: performance.now(), wallMs: Date.now() }
}

/** The longer of the two: the monotonic clock stands still while a machine sleeps, the other may be set back. */
function elapsed(from: Moment, to: Moment): number {
  return Math.max(to.monotonicMs - from.monotonicMs, to.wallMs - from.wallMs)
}
