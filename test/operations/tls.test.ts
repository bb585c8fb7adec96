import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { promisify } from 'node:util'
import { connectBus } from '@airs-cp/bus'
import { databaseCheck, openDatabase } from '@airs-cp/postgres'
import { sql } from 'kysely'
import { findNatsServer } from '../../infra/local/find-nats-server.mjs'
import { freePort } from '../../infra/local/free-port.ts'
import { until } from '../support/control.ts'
import { type Certificates, makeCertificates } from '../support/make-certificates.ts'
import { rawRequest } from '../support/raw-request.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { startNats } from '../support/start-nats.ts'
import { startPostgres, type TestPostgres } from '../support/start-postgres.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'

const chat = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'over TLS' }] })

describe('with TLS everywhere', () => {
  const directory = makeTemporaryDirectory()
  let ours: Certificates
  let stranger: Certificates
  let postgres: TestPostgres
  let nats: { port: number; stop: () => Promise<unknown> }
  let stack: Stack
  let databaseUrl: string
  let natsUrl: string

  before(async () => {
    ours = makeCertificates(directory.path, 'ours')
    stranger = makeCertificates(directory.path, 'stranger')
    ;[postgres, nats] = await Promise.all([startPostgres(), startTlsNats(directory.path, ours)])
    await turnOnTls(postgres, ours)
    databaseUrl = `${postgres.url}?sslmode=verify-full&sslrootcert=${ours.caFile}`
    natsUrl = `tls://test:test@127.0.0.1:${nats.port}?ca=${ours.caFile}`
    stack = await startStack({
      dataDir: join(directory.path, 'stack'),
      apart: 'all',
      env: {
        AIRS_TLS_CERT_FILE: ours.certFile,
        AIRS_TLS_KEY_FILE: ours.keyFile,
        DATABASE_URL: databaseUrl,
        NATS_URL: natsUrl,
      },
    })
  })
  after(async () => {
    await stack?.stop()
    await Promise.all([postgres?.stop(), nats?.stop()])
    directory.remove()
  })

  test('an exchange has its response, is recorded and read back, and the command line trusts what it is given', async () => {
    assert.match(stack.urls.ingress!, /^https:/)
    const reply = await askTls(`${stack.urls.ingress}/v1/chat/completions`, ours.caFile, chat)
    assert.equal(reply.status, 200)
    const airs = (ca: string | undefined, ...args: string[]) =>
      promisify(execFile)(process.execPath, ['libs/cli/main.ts', '--json', ...args], {
        env: { ...process.env, ...stack.clientEnv, ...(ca && { NODE_EXTRA_CA_CERTS: ca }) },
      })
    const exchange = String(reply.headers['x-airs-exchange-id'])
    await until('both events', async () => {
      const { stdout } = await airs(ours.caFile, 'events', '--exchange', exchange)
      return stdout.trim().split('\n').length === 2 || undefined
    })
    await assert.rejects(airs(undefined, 'events', '--exchange', exchange), /certificate/i)
  })

  test('Postgres sees encrypted connections only', async () => {
    const database = openDatabase({ url: databaseUrl, name: 'test' })
    const { rows } = await sql<{ ssl: boolean; name: string }>`
      select ssl, application_name as name from pg_stat_activity join pg_stat_ssl using (pid)
      where backend_type = 'client backend'`.execute(database)
    await database.destroy()
    assert.ok(rows.length > 5)
    assert.deepEqual(
      rows.filter(({ ssl }) => !ssl),
      [],
    )
  })

  test('responses of the console make browsers stay with TLS', async () => {
    const { headers } = await askTls(`${stack.urls.console}/healthz`, ours.caFile)
    assert.match(String(headers['strict-transport-security']), /max-age=\d{8}/)
  })

  test('nothing is answered without TLS, by an old TLS, or to who trusts another authority', async () => {
    for (const url of [stack.urls.ingress!, stack.urls.console!]) {
      assert.doesNotMatch(await rawRequest(url, 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'), /200 OK/)
      await assert.rejects(askTls(`${url}/healthz`, stranger.caFile), /certificate/)
      const old = connectTls({
        port: Number(new URL(url).port),
        rejectUnauthorized: false,
        minVersion: 'TLSv1',
        maxVersion: 'TLSv1.1',
        ciphers: 'DEFAULT@SECLEVEL=0',
      })
      const outcome = await Promise.race([once(old, 'secureConnect'), once(old, 'error')]).catch(String)
      old.destroy()
      assert.match(String(outcome), /protocol|alert|version/i)
    }
  })

  test('a renewed certificate is taken up without a restart', async () => {
    const renewed = makeCertificates(directory.path, 'renewed')
    copyFileSync(renewed.certFile, ours.certFile)
    copyFileSync(renewed.keyFile, ours.keyFile)
    await until('the new certificate', async () => {
      const reply = await askTls(`${stack.urls.ingress}/healthz`, renewed.caFile).catch(() => undefined)
      return reply?.status === 200 || undefined
    })
    await stack.ready()
  })

  describe('a server that is not the one meant', () => {
    const natsRefuses = (url: string) =>
      assert.rejects(connectBus({ url, name: 'test', waitMs: 0 }), /NATS at tls:\/\/[^@]*does not respond/)
    const postgresRefuses = async (url: string, why: RegExp) => {
      const database = openDatabase({ url, name: 'test' })
      const problem = await databaseCheck(database)()
      await database.destroy()
      assert.match(problem ?? 'it answered', why)
    }

    test('is not talked to when another authority vouches for it', async () => {
      await natsRefuses(natsUrl.replace(ours.caFile, stranger.caFile))
      await postgresRefuses(databaseUrl.replace(ours.caFile, stranger.caFile), /certificate/)
    })

    test('is not talked to without TLS when TLS was asked for', async () => {
      const plain = await startNats()
      await natsRefuses(`${plain.url.replace('nats:', 'tls:')}?ca=${ours.caFile}`)
      await plain.stop()
      const plainPostgres = await startPostgres()
      await postgresRefuses(
        `${plainPostgres.url}?sslmode=verify-full&sslrootcert=${ours.caFile}`,
        /does not support SSL/,
      )
      await plainPostgres.stop()
    })

    test('is not talked to when its certificate is for another name', async () => {
      const other = makeCertificates(directory.path, 'other', 'DNS:elsewhere.example')
      const misnamed = await startTlsNats(directory.path, other)
      await natsRefuses(`tls://test:test@127.0.0.1:${misnamed.port}?ca=${other.caFile}`)
      await misnamed.stop()
      await turnOnTls(postgres, other)
      await postgresRefuses(databaseUrl.replace(ours.caFile, other.caFile), /altnames|Hostname/)
      await turnOnTls(postgres, ours)
    })
  })
})

/** A nats-server that takes nothing without TLS. */
async function startTlsNats(directory: string, { certFile, keyFile }: Certificates) {
  const port = await freePort()
  const config = join(directory, `nats-${port}.json`)
  const settings = {
    host: '127.0.0.1',
    port,
    jetstream: { store_dir: join(directory, `nats-${port}`) },
    authorization: { users: [{ user: 'test', password: 'test' }] },
    tls: { cert_file: certFile, key_file: keyFile },
  }
  writeFileSync(config, JSON.stringify(settings))
  const server = spawn(findNatsServer()!, ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] })
  let log = ''
  server.stderr.on('data', (chunk) => {
    log += chunk
  })
  await until('nats-server', async () => log.includes('Server is ready') || undefined)
  return {
    port,
    stop: () => {
      server.kill('SIGKILL')
      return once(server, 'exit')
    },
  }
}

async function turnOnTls(postgres: TestPostgres, { certFile, keyFile }: Certificates): Promise<void> {
  const database = openDatabase({ url: postgres.url, name: 'test', max: 1 })
  const { rows } = await sql<{ folder: string }>`select current_setting('data_directory') as folder`.execute(
    database,
  )
  const { folder } = rows[0]!
  const { uid, gid } = statSync(folder)
  for (const [from, to] of [
    [certFile, 'server.crt'],
    [keyFile, 'server.key'],
  ] as const) {
    writeFileSync(join(folder, to), readFileSync(from), { mode: 0o600 })
    chownSync(join(folder, to), uid, gid)
  }
  await sql`alter system set ssl = on`.execute(database)
  await sql`select pg_reload_conf()`.execute(database)
  await database.destroy()
  await until('TLS in Postgres', async () => {
    const again = openDatabase({ url: `${postgres.url}?sslmode=no-verify`, name: 'test', max: 1 })
    const problem = await databaseCheck(again)()
    await again.destroy()
    return problem === undefined || undefined
  })
}

function askTls(url: string, caFile: string, body?: string) {
  return new Promise<{
    status: number
    headers: Record<string, string | string[] | undefined>
    body: string
  }>((resolve, reject) => {
    const asking = request(
      url,
      { method: body === undefined ? 'GET' : 'POST', ca: readFileSync(caFile), agent: false },
      async (response) => {
        let text = ''
        for await (const chunk of response.setEncoding('utf8')) text += chunk
        resolve({
          status: response.statusCode!,
          headers: response.headers as Record<string, string>,
          body: text,
        })
      },
    )
    asking.on('error', reject)
    asking.end(body)
  })
}
