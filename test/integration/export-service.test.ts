import assert from 'node:assert/strict'
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import { appendControlEvent, type Bus, connectBus } from '@airs-cp/bus'
import { eventTypes, uuidv7 } from '@airs-cp/events'
import { type Manifest, manifestSchema, verifyExport } from '@airs-cp/manifest'
import { type Database, openDatabase } from '@airs-cp/postgres'
import { createLogger, type Running } from '@airs-cp/runtime'
import { createPostgresBackend, Queue } from 'bullmq'
import { type RawBuilder, sql } from 'kysely'
import { freePort } from '../../infra/local/free-port.ts'
import type { AuditTables } from '../../services/audit/tables.ts'
import { readExportConfig } from '../../services/export/config.ts'
import { startExport } from '../../services/export/export.ts'
import { openS3Storage } from '../../services/export/files/s3-storage.ts'
import { queueConnection, queueNames } from '../../services/export/queue.ts'
import { startExportWorker } from '../../services/export/worker.ts'
import { until } from '../support/control.ts'
import { storeRecorded } from '../support/event-store.ts'
import { startServers } from '../support/servers.ts'
import { findVersitygw, s3Install, startS3 } from '../support/start-s3.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'
import { createTrafficSource } from '../support/traffic.ts'

const token = 'token-of-the-test-alone'
const log = createLogger('test', 'silent')
const binary = findVersitygw()

describe('the export service', () => {
  const directory = makeTemporaryDirectory()
  let servers: Awaited<ReturnType<typeof startServers>>
  let audit: Database<AuditTables>
  let admin: Database<unknown>
  let bus: Bus

  before(async () => {
    servers = await startServers()
    audit = openDatabase<AuditTables>({ url: servers.databaseUrl('airs_audit'), name: 'test' })
    admin = openDatabase<unknown>({ url: servers.adminUrl, name: 'test' })
    bus = await connectBus({ url: servers.natsUrl, name: 'test' })
    const source = createTrafficSource()
    const events = Array.from({ length: 300 }, () => {
      const id = uuidv7()
      return [source.request(id, 's', 'hello'), source.completed(id, 's')]
    })
    await storeRecorded(audit, events.flat())
  })
  after(async () => {
    await bus?.close()
    await audit?.destroy()
    await admin?.destroy()
    await servers?.stop()
    directory.remove()
  })

  /** API and worker over one folder, and a way to call them. */
  async function start(name: string, more: NodeJS.ProcessEnv = {}) {
    const dataDir = join(directory.path, name)
    const port = await freePort()
    const config = readExportConfig({
      DATABASE_URL: servers.databaseUrl('airs_export'),
      NATS_URL: servers.natsUrl,
      AIRS_TOKEN: token,
      AIRS_DATA_DIR: dataDir,
      AIRS_EXPORT_PORT: String(port),
      ...more,
    })
    const running: Running[] = [await startExport(config, log), await startExportWorker(config, log)]
    const call = (method: string, path: string, body?: object, headers: Record<string, string> = {}) =>
      fetch(`http://127.0.0.1:${port}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
        ...(body && { body: JSON.stringify(body) }),
      })
    const json = async (method: string, path: string, body?: object) => {
      const response = await call(method, path, body)
      assert.ok(response.ok, `${method} ${path}: ${response.status} ${await response.clone().text()}`)
      // biome-ignore lint/suspicious/noExplicitAny: the answers have many shapes
      return (await response.json()) as any
    }
    return {
      call,
      json,
      folder: config.directory,
      async ask(body: object = {}): Promise<string> {
        return (await json('POST', '/v1/exports', body)).id
      },
      ended: (id: string, state: string) =>
        until(`export ${id} to be ${state}`, async () => {
          const found = await json('GET', `/v1/exports/${id}`)
          assert.notEqual(found.state === 'failed' && state !== 'failed', true, found.error)
          return found.state === state || undefined
        }),
      async close() {
        for (const one of running) await one.close()
      },
    }
  }

  test('keeps what one run has completed when another of the same job stalled', async () => {
    const service = await start('stalled')
    const queue = new Queue(
      queueNames[0]!,
      { connection: queueConnection(servers.adminUrl) },
      createPostgresBackend,
    )
    let id = ''
    let file = ''
    // Holds the second run where it counts, while the first one completes.
    await admin.transaction().execute(async (lock) => {
      await sql`lock table audit.events in access exclusive mode`.execute(lock)
      id = await service.ask()
      file = join(service.folder, `${id}.jsonl`)
      await until('the run to wait for the lock', async () => {
        const { rows } = await sql`select 1 from pg_stat_activity
          where wait_event_type = 'Lock' and application_name = 'airs-export-worker'`.execute(admin)
        return rows.length > 0 || undefined
      })
      const manifest = manifestOf(id)
      writeFileSync(file, 'of the first run')
      await appendControlEvent(bus, '/test', eventTypes.exportCompleted, {
        exportId: id,
        rows: 1,
        bytes: 16,
        sha256: '0'.repeat(64),
        manifest,
      })
      await service.ended(id, 'completed')
    })
    await until('the second run to end', async () => {
      const job = await queue.getJob(id)
      return (await job?.isCompleted()) || undefined
    })
    assert.ok(existsSync(file), 'the file of a completed export was removed')
    assert.deepEqual(
      readdirSync(service.folder).filter((name) => name.startsWith(id)),
      [`${id}.jsonl`],
    )
    await queue.close()
    await service.close()
  })

  test('runs an export once at a time, although its job was given to two', async (t) => {
    const service = await start('twice')
    t.after(service.close)
    const queue = new Queue(
      queueNames[0]!,
      { connection: queueConnection(servers.adminUrl) },
      createPostgresBackend,
    )
    t.after(() => queue.close())
    let id = ''
    const connections = async (condition: RawBuilder<unknown>) => {
      const { rows } = await sql`select 1 from pg_stat_activity where ${condition}`.execute(admin)
      return rows.length
    }
    await admin.transaction().execute(async (lock) => {
      await sql`lock table audit.events in access exclusive mode`.execute(lock)
      id = await service.ask()
      const counting = sql`wait_event_type = 'Lock' and application_name = 'airs-export-worker'`
      await until('the first run to count', async () => (await connections(counting)) === 1 || undefined)
      await queue.add('export', { exportId: id }, { jobId: `again ${id}` })
      const waiting = sql`application_name = ${`airs-export ${id}-alone`}`
      await until('the second run to wait', async () => (await connections(waiting)) === 2 || undefined)
      assert.equal(await connections(counting), 1)
    })
    await service.ended(id, 'completed')
    await until('the second run to end', async () => {
      const job = await queue.getJob(`again ${id}`)
      return (await job?.isCompleted()) || undefined
    })
    const file = join(service.folder, `${id}.jsonl`)
    const manifest = await service.json('GET', `/v1/exports/${id}/manifest`)
    assert.deepEqual((await verifyExport(manifest, createReadStream(file))).problems, [])
    assert.deepEqual(
      readdirSync(service.folder).filter((name) => !name.startsWith(`${id}.jsonl`)),
      [],
    )
  })

  test('keeps nothing of one that was cancelled just before it was completed', async (t) => {
    const service = await start('cancelled')
    t.after(service.close)
    let id = ''
    const left = () => readdirSync(service.folder).filter((name) => name.startsWith(id))
    // Holds back what becomes of the export, so that the worker completes it after it was cancelled.
    await admin.transaction().execute(async (states) => {
      await admin.transaction().execute(async (lock) => {
        await sql`lock table audit.events in access exclusive mode`.execute(lock)
        id = await service.ask()
        await sql`lock table export.exports in exclusive mode`.execute(states)
        await appendControlEvent(bus, '/test', eventTypes.exportCancelled, { exportId: id, actor: 'test' })
      })
      await until('the file to be complete', async () => left().includes(`${id}.jsonl`) || undefined)
    })
    await service.ended(id, 'cancelled')
    await until('nothing to be left', async () => left().length === 0 || undefined)
  })

  test('exports events while exports of sessions take for ever, and cancels their queries with them', async (t) => {
    const service = await start('slow')
    t.after(service.close)
    const waiting = async () => {
      const { rows } = await sql`select 1 from pg_stat_activity where wait_event_type = 'Lock'
        and application_name = 'airs-export-worker' and query like '%exported_sessions%'`.execute(admin)
      return rows.length
    }
    await admin.transaction().execute(async (lock) => {
      await sql`lock table lineage.sessions in access exclusive mode`.execute(lock)
      const slow = [await service.ask({ kind: 'sessions' }), await service.ask({ kind: 'sessions' })]
      await until('both to wait for Postgres', async () => (await waiting()) === slow.length || undefined)
      await service.ended(await service.ask(), 'completed')
      for (const id of slow) await service.call('POST', `/v1/exports/${id}/cancel`)
      await until('their queries to be cancelled', async () => (await waiting()) === 0 || undefined)
    })
  })

  test('says when the file of what is deleted cannot be removed, and removes it later', async (t) => {
    const service = await start('stuck')
    t.after(service.close)
    const id = await service.ask()
    await service.ended(id, 'completed')
    const file = join(service.folder, `${id}.jsonl`)
    rmSync(file)
    mkdirSync(file)
    const response = await service.call('DELETE', `/v1/exports/${id}`)
    assert.equal(response.status, 503)
    assert.match(await response.text(), /file_not_removed.*as soon as that is possible/)
    rmdirSync(file)
    writeFileSync(file, 'what was exported')
    await until('the file to be removed', async () => !existsSync(file) || undefined)
    assert.equal((await service.json('GET', `/v1/exports/${id}`)).state, 'deleted')
  })

  test('removes what has been kept long enough, and says that it did', async (t) => {
    const first = await start('expiring')
    const id = await first.ask()
    await first.ended(id, 'completed')
    await first.close()
    await sql`update export.exports set ended_at = ended_at - interval '2 hours' where id = ${id}`.execute(
      admin,
    )
    const service = await start('expiring', { AIRS_EXPORT_KEEP_HOURS: '1' })
    t.after(service.close)
    await service.ended(id, 'expired')
    await until('its file to be removed', async () => readdirSync(service.folder).length === 0 || undefined)
    const response = await service.call('GET', `/v1/exports/${id}/download`)
    assert.match(`${response.status} ${await response.text()}`, /410 .*export_expired/)
  })

  test('deletes exports of sessions of which content was erased, whenever that was said, and no others', async (t) => {
    const service = await start('erased')
    t.after(service.close)
    const from = new Date(Date.now() + 3_600_000).toISOString()
    const ask = (filters: object) => service.ask({ kind: 'sessions', from, filters })
    const ids = [await ask({}), await ask({ session: 's' }), await ask({ session: 'another' })]
    const events = await service.ask({ from })
    for (const id of [...ids, events]) await service.ended(id, 'completed')
    const erasure = uuidv7()
    await sql`insert into audit.erasures (id, event_id, selection, before, reason, actor, requested_at, state, completed_at, erased_at,
        first_time, last_time)
      select ${erasure}, ${uuidv7()}, '{}', now(), 'test', 'test', now(), 'completed', now(), now(), min(time), max(time)
      from audit.events`.execute(admin)
    await sql`insert into audit.erased_exchanges (exchange, erasure, erased_at)
      select exchange, ${erasure}, now() from audit.events where session = 's' limit 1`.execute(admin)
    const [all, ofIt, ofAnother] = ids
    for (const id of [all, ofIt]) await service.ended(id!, 'deleted')
    for (const id of [ofAnother, events])
      assert.equal((await service.json('GET', `/v1/exports/${id}`)).state, 'completed')
    await sql`delete from audit.erased_exchanges`.execute(admin)
    await sql`delete from audit.erasures`.execute(admin)
  })

  test('responds to a late cancellation that the export is completed', async (t) => {
    const service = await start('late')
    t.after(service.close)
    const id = await service.ask()
    await service.ended(id, 'completed')
    const response = await service.call('POST', `/v1/exports/${id}/cancel`)
    assert.equal(response.status, 409)
    assert.match(await response.text(), /export_ended/)
  })

  describe('with a bucket', {
    skip: binary === undefined && `no versitygw on the PATH; ${s3Install}`,
  }, () => {
    let s3: Awaited<ReturnType<typeof startS3>>
    let service: Awaited<ReturnType<typeof start>>
    const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const
    const environment = names.map((name) => [name, process.env[name]] as const)

    before(async () => {
      s3 = await startS3(binary!)
      process.env.AWS_ACCESS_KEY_ID = s3.credentials.accessKeyId
      process.env.AWS_SECRET_ACCESS_KEY = s3.credentials.secretAccessKey
      service = await start('bucket', {
        AIRS_EXPORT_S3_BUCKET: s3.bucket,
        AIRS_EXPORT_S3_ENDPOINT: s3.endpoint,
        AIRS_EXPORT_S3_PREFIX: 'airs/',
      })
    })
    after(async () => {
      await service?.close()
      await s3?.stop()
      for (const [name, value] of environment)
        if (value === undefined) delete process.env[name]
        else process.env[name] = value
    })

    for (const compression of ['none', 'gzip', 'zstd'])
      test(`hands out what is in it, whole and checked, compression ${compression}`, async () => {
        const id = await service.ask({ compression })
        await service.ended(id, 'completed')
        assert.deepEqual(readdirSync(service.folder), [], 'the folder keeps nothing')
        const manifest = manifestSchema.parse(await service.json('GET', `/v1/exports/${id}/manifest`))
        const response = await service.call('GET', `/v1/exports/${id}/download`)
        const bytes = Buffer.from(await response.arrayBuffer())
        const verdict = await verifyExport(manifest, Readable.from([bytes]))
        assert.deepEqual(verdict.problems, [])
        assert.equal(manifest.rows, 600)
      })

    test('resumes a download by Range, and begins anew when If-Range names another file', async () => {
      const id = await service.ask()
      await service.ended(id, 'completed')
      const path = `/v1/exports/${id}/download`
      const whole = await service.call('GET', path)
      const bytes = Buffer.from(await whole.arrayBuffer())
      const etag = whole.headers.get('etag')!
      const part = await service.call('GET', path, undefined, { range: 'bytes=100-', 'if-range': etag })
      assert.equal(part.status, 206)
      assert.equal(part.headers.get('content-range'), `bytes 100-${bytes.length - 1}/${bytes.length}`)
      assert.ok(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(100)))
      const other = await service.call('GET', path, undefined, { range: 'bytes=100-', 'if-range': '"other"' })
      assert.equal(other.status, 200)
      assert.ok(Buffer.from(await other.arrayBuffer()).equals(bytes))
      const beyond = await service.call('GET', path, undefined, { range: `bytes=${bytes.length}-` })
      assert.equal(beyond.status, 416)
      assert.match(beyond.headers.get('content-type')!, /^application\/json/)
      assert.equal(beyond.headers.get('content-disposition'), null)
      const head = await service.call('HEAD', path)
      assert.equal(head.headers.get('content-length'), String(bytes.length))
    })

    test('goes on serving after a client went away in the middle', async () => {
      const id = await service.ask()
      await service.ended(id, 'completed')
      for (let round = 0; round < 60; round++) {
        const { body } = await service.call('GET', `/v1/exports/${id}/download`)
        await body!.cancel()
      }
      const response = await service.call('GET', `/v1/exports/${id}/download`)
      assert.equal((await response.text()).split('\n').length, 601)
    })

    test('exports nothing honestly', async () => {
      const id = await service.ask({ from: '2001-01-01', to: '2001-04-10' })
      await service.ended(id, 'completed')
      const response = await service.call('GET', `/v1/exports/${id}/download`)
      assert.equal(response.status, 200)
      assert.equal(await response.text(), '')
      assert.equal((await service.json('GET', `/v1/exports/${id}/manifest`)).rows, 0)
    })

    test('removes from it what is deleted, and says so afterwards', async () => {
      const id = await service.ask()
      await service.ended(id, 'completed')
      assert.equal((await service.call('DELETE', `/v1/exports/${id}`)).status, 204)
      const response = await service.call('GET', `/v1/exports/${id}/download`)
      assert.equal(response.status, 410)
      await response.arrayBuffer()
    })

    test('removes from it later what is deleted while it cannot be reached', async () => {
      const id = await service.ask()
      await service.ended(id, 'completed')
      const storage = openS3Storage({
        bucket: s3.bucket,
        region: s3.region,
        prefix: 'airs/',
        endpoint: s3.endpoint,
      })
      const find = async () => {
        const body = await storage.open(`${id}.jsonl`)
        body?.destroy()
        return body
      }
      assert.ok(await find())
      await s3.goAway()
      const response = await service.call('DELETE', `/v1/exports/${id}`)
      assert.match(`${response.status} ${await response.text()}`, /503 .*file_not_removed/)
      assert.equal((await service.call('GET', `/v1/exports/${id}/download`)).status, 410)
      await s3.comeBack()
      await until('the file to leave the bucket', async () => (await find()) === undefined || undefined)
      storage.close()
    })
  })
})

function manifestOf(exportId: string): Manifest {
  const sha256 = '0'.repeat(64)
  return {
    manifest: 'airs-export/1',
    kind: 'events',
    format: 'jsonl',
    compression: 'none',
    includeLineage: false,
    from: null,
    until: null,
    filters: {},
    rows: 1,
    counts: {},
    first: null,
    last: null,
    journals: null,
    content: { bytes: 16, sha256 },
    files: [{ name: `${exportId}.jsonl`, bytes: 16, sha256 }],
    made: { exportId, at: 'now', by: 'test', software: { name: 'airs-cp', version: 'test' } },
  }
}
