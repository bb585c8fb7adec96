import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { makeTemporaryDirectory } from '../../test/support/temporary-directory.ts'
import { poll } from './poll.ts'
import { type Command, Supervised, type SupervisorReport } from './supervised.ts'

describe('a supervised process', () => {
  test('runs again after it was killed, and says so once', async (t) => {
    const { supervised, reports } = supervise(t, 'setInterval(() => {}, 1000)')
    await supervised.start()
    const first = supervised.pid!
    supervised.kill('SIGKILL')
    const second = await until(() => (supervised.pid !== first ? supervised.pid : undefined))
    assert.notEqual(second, first)
    assert.deepEqual(reports, [{ kind: 'crashed', name: 'fixture', how: 'was ended by SIGKILL' }])
  })

  test('that keeps crashing is reported with what it said, and tried again', async (t) => {
    const { supervised, reports } = supervise(t, 'throw new Error("no such luck")')
    await supervised.start()
    await until(() => supervised.isCrashLooping || undefined)
    const loop = reports.at(-1)
    assert.equal(reports.length, 2)
    assert.equal(loop?.kind, 'crash-loop')
    assert.ok(loop?.kind === 'crash-loop' && loop.lines.some((line) => line.includes('no such luck')))
    assert.equal(supervised.state, 'waiting')
  })

  test('stays stopped when it is stopped while waiting for its restart', async (t) => {
    const { supervised } = supervise(t, 'process.exit(3)')
    await supervised.start()
    await until(() => supervised.state === 'waiting' || undefined)
    await supervised.stop()
    await new Promise((resolve) => setTimeout(resolve, 300))
    assert.equal(supervised.state, 'stopped')
    assert.equal(supervised.pid, undefined)
  })

  test('is killed when it does not stop in time', async (t) => {
    const { supervised, logPath } = supervise(
      t,
      'process.on("SIGTERM", () => console.log("no")); setInterval(() => {}, 1000); console.log("up")',
    )
    await supervised.start()
    await until(() => readFileSync(logPath, 'utf8').includes('up') || undefined)
    assert.equal(await supervised.stop(2_000), true)
    assert.match(readFileSync(logPath, 'utf8'), /no/)
    assert.equal(supervised.state, 'stopped')
  })

  test('can be started again after a stop', async (t) => {
    const { supervised, reports } = supervise(t, 'setInterval(() => {}, 1000)')
    await supervised.start()
    assert.equal(await supervised.stop(), false)
    await supervised.start()
    assert.equal(supervised.state, 'running')
    assert.deepEqual(reports, [])
  })

  test('that does not exist is an error of the start', async (t) => {
    const { supervised } = supervise(t, '', { file: '/nonexistent' })
    await assert.rejects(supervised.start(), /ENOENT/)
    assert.equal(supervised.state, 'stopped')
  })
})

function supervise(
  t: { after: (task: () => Promise<void>) => void },
  script: string,
  overrides: Partial<Command> = {},
) {
  const directory = makeTemporaryDirectory()
  const reports: SupervisorReport[] = []
  const logPath = join(directory.path, 'fixture.log')
  const supervised = new Supervised(
    {
      name: 'fixture',
      file: process.execPath,
      args: ['-e', script],
      env: {},
      cwd: directory.path,
      stopSignal: 'SIGTERM',
      logPath,
      orphanedBy: 'ipc',
      ...overrides,
    },
    (report) => reports.push(report),
  )
  t.after(async () => {
    await supervised.stop(100)
    directory.remove()
  })
  return { supervised, reports, logPath }
}

function until<Reply>(ask: () => Reply | undefined): Promise<Reply> {
  return poll(ask, { limitMs: 60_000, late: () => 'the condition did not come true' })
}
