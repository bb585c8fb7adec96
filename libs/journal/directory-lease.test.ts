import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { LeaseTakenError, type LeaseTimes, leaseDirectory } from './directory-lease.ts'
import { lockDirectory } from './directory-lock.ts'
import { JournalUnavailableError } from './errors.ts'

/** Far longer than a disk that is busy holds up a renewal. */
const times: LeaseTimes = { leaseMs: 1_500, renewEveryMs: 150, overAfterMs: 3_000 }

function directoryOf(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'journal-lease-'))
  t.after(() => rmSync(directory, { recursive: true }))
  return directory
}

/** As another machine would leave it: nothing here shows whether its process still runs. */
function makeForeign(directory: string): void {
  const file = join(directory, readdirSync(directory).find((name) => name.startsWith('lock.0'))!)
  writeFileSync(
    file,
    JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), boot: 'another', process: 1 }),
  )
}

test('a lease is held by one, and by the next when it is released', async (t) => {
  const directory = directoryOf(t)
  const first = await leaseDirectory(directory, () => {}, times)
  await assert.rejects(
    leaseDirectory(directory, () => {}, times),
    (error: Error) => {
      assert.ok(error instanceof LeaseTakenError)
      assert.match(error.message, new RegExp(`process ${process.pid} on `))
      return true
    },
  )
  assert.equal(first.isHeld(), true)
  await first.release()
  assert.equal(first.isHeld(), false)
  const second = await leaseDirectory(directory, () => {}, times)
  assert.equal(second.isHeld(), true)
  await second.release()
})

test('of many that begin at once, one gets the lease', async (t) => {
  const directory = directoryOf(t)
  for (let round = 0; round < 5; round++) {
    const attempts = await Promise.allSettled(
      Array.from({ length: 8 }, () => leaseDirectory(directory, () => {}, times)),
    )
    const leases = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? attempt.value : []))
    assert.equal(leases.length, 1, `round ${round}`)
    await leases[0]!.release()
  }
})

test('a lease that nobody renews passes to another, and is over for its holder before that', async (t) => {
  const directory = directoryOf(t)
  let lost = 0
  const first = await leaseDirectory(directory, () => lost++, times)
  // Its renewals no longer reach the directory.
  rmSync(join(directory, 'lock.00000001'))
  const endedMs = await sleepUntil(() => !first.isHeld())
  assert.ok(endedMs < times.overAfterMs - times.renewEveryMs, `held for ${endedMs} ms without a renewal`)
  await sleepUntil(() => lost === 1)
  const second = await leaseDirectory(directory, () => {}, times)
  assert.equal(first.isHeld(), false)
  await first.release()
  assert.equal(second.isHeld(), true)
  await second.release()
})

test('waits for the lease of another machine to end, and not for that of a dead process of this one', async (t) => {
  const directory = directoryOf(t)
  const first = await leaseDirectory(directory, () => {}, { ...times, renewEveryMs: 60_000 })
  makeForeign(directory)
  const began = performance.now()
  const second = await leaseDirectory(directory, () => {}, { ...times, renewEveryMs: 60_000 })
  assert.ok(performance.now() - began >= times.overAfterMs - 10)
  assert.equal(first.isHeld(), false)
  const file = join(directory, 'lock.00000002')
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), process: 2 ** 30 }))
  const beganAgain = performance.now()
  const third = await leaseDirectory(directory, () => {}, times)
  assert.ok(performance.now() - beganAgain < times.overAfterMs)
  await Promise.all([first, second, third].map((lease) => lease.release()))
})

for (const code of ['ENOSYS', 'EOPNOTSUPP', 'EPERM', 'EROFS'])
  test(`locks a directory by a lease where sockets fail with ${code}`, async (t) => {
    const directory = directoryOf(t)
    const listen = async () => {
      throw Object.assign(new Error(code), { code })
    }
    const first = await lockDirectory(directory, { listen, leaseTimes: times })
    await assert.rejects(
      lockDirectory(directory, { listen, leaseTimes: times }),
      (error) => error instanceof JournalUnavailableError && error.reason === 'locked',
    )
    await first.release()
    const second = await lockDirectory(directory, { listen, leaseTimes: times })
    assert.equal(second.isHeld(), true)
    await second.release()
  })

test('another machine that sees the directory is kept out though its kernel knows nothing of our socket', async (t) => {
  const directory = directoryOf(t)
  const first = await lockDirectory(directory, { isShared: true, leaseTimes: times })
  rmSync(join(directory, 'lock.sock'))
  await assert.rejects(
    lockDirectory(directory, { isShared: true, leaseTimes: times }),
    (error) => error instanceof JournalUnavailableError && error.reason === 'locked',
  )
  await first.release()
})

async function sleepUntil(isSo: () => boolean): Promise<number> {
  const began = performance.now()
  while (!isSo() && performance.now() - began < 10_000) await sleep(5)
  return performance.now() - began
}
