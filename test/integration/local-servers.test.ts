import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { commandLine } from '../../infra/local/command-line.ts'
import { startNats } from '../../infra/local/nats.ts'
import { poll } from '../../infra/local/poll.ts'
import { startPostgres } from '../../infra/local/postgres.ts'
import type { Server } from '../../infra/local/server.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'

const report = () => {}

describe('an embedded Postgres', () => {
  test('comes back on its port after a kill, and what a first start left behind gives way to a second', async (t) => {
    const directory = makeTemporaryDirectory()
    t.after(directory.remove)
    const options = {
      directory: join(directory.path, 'postgres'),
      logPath: join(directory.path, 'postgres.log'),
      password: 'secret',
      durable: false,
      report,
    }
    await using first = disposable(await startPostgres(options))
    await first.ready()
    await killAndWait(first)

    const leftover = first.process.pid!
    const said: string[] = []
    await using second = disposable(await startPostgres({ ...options, say: (line) => said.push(line) }))
    assert.match(said.join(), new RegExp(`Stopped the Postgres \\(pid ${leftover}\\)`))
    await first.process.stop()
    await second.ready()
    await second.process.stop()

    writeFileSync(join(second.directory, 'data', 'PG_VERSION'), '9\n')
    await assert.rejects(startPostgres(options), {
      name: 'StartError',
      message: /was made by Postgres 9, but this is/,
    })
  })
})

describe('a nats-server of our own', () => {
  test('comes back on its port after a kill, and what a first start left behind gives way to a second', async (t) => {
    const directory = makeTemporaryDirectory()
    t.after(directory.remove)
    const options = {
      directory: join(directory.path, 'nats'),
      logPath: join(directory.path, 'nats.log'),
      users: [{ user: 'airs', password: 'secret' }],
      report,
    }
    await using first = disposable(await startNats(options))
    await first.ready()
    await killAndWait(first)
    assert.match(commandLine(first.process.pid!) ?? '', /nats-server/)

    const leftover = first.process.pid!
    const said: string[] = []
    await using second = disposable(await startNats({ ...options, say: (line) => said.push(line) }))
    assert.match(said.join(), new RegExp(`Stopped the nats-server \\(pid ${leftover}\\)`))
    await first.process.stop()
    await second.ready()
  })

  test('leaves a process alone that was given the id of an old one', async (t) => {
    const directory = makeTemporaryDirectory()
    t.after(directory.remove)
    const options = {
      directory: directory.path,
      logPath: join(directory.path, 'nats.log'),
      users: [],
      report,
    }
    writeFileSync(join(directory.path, 'nats-server.pid'), String(process.pid))
    await using server = disposable(await startNats(options))
    await server.ready()
  })
})

async function killAndWait(server: Server): Promise<void> {
  const { pid } = server.process
  server.process.kill('SIGKILL')
  const hasRestarted = () => (server.process.pid !== undefined && server.process.pid !== pid) || undefined
  await poll(hasRestarted, { limitMs: 30_000, late: () => 'it was not started again' })
  await server.ready()
}

function disposable<One extends { process: AsyncDisposable }>(server: One): One & AsyncDisposable {
  return { ...server, [Symbol.asyncDispose]: () => Promise.resolve(server.process[Symbol.asyncDispose]()) }
}
