import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, afterEach, beforeEach, describe, test } from 'node:test'
import { sha256Hex } from '@airs-cp/events'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'

const bin = join(import.meta.dirname, '..', '..', 'libs', 'cli', 'bin', 'airs')
const token = 'token-that-nobody-may-see'
const id = '01900000-0000-7000-8000-000000000000'
const file = Buffer.from(Array.from({ length: 20_000 }, (_, line) => `{"line":${line}}\n`).join(''))

const temporary = makeTemporaryDirectory()
after(temporary.remove)
const environment = { PATH: process.env.PATH, XDG_CACHE_HOME: join(temporary.path, 'cache') }
let folder: string
let folders = 0
beforeEach(() => {
  folder = join(temporary.path, String(++folders))
  mkdirSync(folder)
})

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

type Handle = (request: IncomingMessage, response: ServerResponse) => void

/** What a control origin may do wrong; what it does right is tested with a real one. */
async function startOrigin(handle: Handle): Promise<string> {
  const server = createServer(handle)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

type Run = { code: number | null; stdout: string; stderr: string }

function start(url: string, args: string[], command = bin): { child: ChildProcess; done: Promise<Run> } {
  const child = spawn(command, args, {
    cwd: folder,
    env: { ...environment, HOME: folder, TMPDIR: folder, AIRS_URL: url, AIRS_TOKEN: token },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const done = Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]).then(
    ([stdout, stderr, [code]]) => ({ code: code as number | null, stdout, stderr }),
  )
  return { child, done }
}

async function run(url: string, ...args: string[]): Promise<Run> {
  const result = await start(url, args).done
  assert.ok(!`${result.stdout}${result.stderr}`.includes(token), 'the token was printed')
  return result
}

const job = {
  id,
  kind: 'events',
  format: 'jsonl',
  from: null,
  until: null,
  actor: 'test',
  state: 'completed',
  requestedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T00:00:01.000Z',
  rows: 20_000,
  bytes: file.length,
  percent: 100,
  sha256: sha256Hex(file),
  error: null,
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function respondWithError(response: ServerResponse, status: number, code: string): void {
  reply(response, status, { error: { code, message: `The message of ${code}` } })
}

/** An origin with one export whose file `download` hands out. */
function withExport(download: Handle, said: Partial<Record<keyof typeof job, unknown>> = {}): Handle {
  return (request, response) => {
    if (request.url?.endsWith('/download')) download(request, response)
    else reply(response, request.method === 'POST' ? 202 : 200, { ...job, ...said })
  }
}

function offsetOf({ headers }: IncomingMessage): number {
  return Number(/^bytes=(\d+)-$/.exec(headers.range ?? 'bytes=0-')![1])
}

/** For a client to take what has come before it learns that no more will: then it may drop what it has not taken. */
const beforeCutMs = 300

/** The rest of the file from where it was asked for; with `cutAfter`, the connection breaks after so many bytes. */
function sendFrom(request: IncomingMessage, response: ServerResponse, cutAfter?: number): void {
  const offset = offsetOf(request)
  response.writeHead(offset > 0 ? 206 : 200, {
    'content-length': file.length - offset,
    'x-content-sha256': job.sha256,
    ...(offset > 0 && { 'content-range': `bytes ${offset}-${file.length - 1}/${file.length}` }),
  })
  if (cutAfter === undefined) response.end(file.subarray(offset))
  else
    response.write(file.subarray(offset, offset + cutAfter), () =>
      setTimeout(() => response.destroy(), beforeCutMs),
    )
}

test('a query refuses a day that is none before it asks anybody', async () => {
  const { code, stderr } = await start('http://127.0.0.1:9', ['query', 'select 1', '--from', '27.11.2026'])
    .done
  assert.match(stderr, /--from is "27\.11\.2026": give a day \(2024-12-31\)/)
  assert.equal(code, 2)
})

test('a query that is interrupted leaves nothing of what it has fetched', async () => {
  const day = { day: '2026-11-27', state: 'archived', generation: 1, from: 0, until: 9, sha256: job.sha256 }
  const fetching = Promise.withResolvers<void>()
  const url = await startOrigin((request, response) => {
    if (request.url === '/v1/log') reply(response, 200, { generation: 1 })
    else if (!request.url!.endsWith('/download')) reply(response, 200, { days: [day] })
    else response.writeHead(200).write(file, () => fetching.resolve())
  })
  const { child, done } = start(url, ['query', 'select 1'])
  await fetching.promise
  const scratch = () => readdirSync(folder).filter((name) => name.startsWith('airs-query-'))
  assert.equal(scratch().length, 1)
  child.kill('SIGINT')
  assert.equal((await done).code, 130)
  assert.deepEqual(scratch(), [])
})

describe('a download', () => {
  test('goes on where the connection broke, as often as it breaks', async () => {
    const offsets: number[] = []
    const url = await startOrigin(
      withExport((request, response) => {
        offsets.push(offsetOf(request))
        sendFrom(request, response, offsets.length <= 3 ? 50_000 : undefined)
      }),
    )
    const { code, stderr, stdout } = await run(url, 'export', '--output', 'f')
    assert.equal(code, 0, stderr)
    assert.equal(stdout, '')
    assert.deepEqual(readFileSync(join(folder, 'f')), file)
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('f')),
      ['f', 'f.manifest.json'],
    )
    assert.deepEqual(offsets, [0, 50_000, 100_000, 150_000])
  })

  test('to standard output is whole as well, and nothing else is there', async () => {
    let requests = 0
    const url = await startOrigin(
      withExport((request, response) => sendFrom(request, response, ++requests === 1 ? 70_001 : undefined)),
    )
    const { code, stdout } = await run(url, 'export')
    assert.equal(code, 0)
    assert.equal(sha256Hex(stdout), job.sha256)
  })

  test('is whole where Range is not honoured', async () => {
    let requests = 0
    const url = await startOrigin(
      withExport((request, response) => {
        delete request.headers.range
        sendFrom(request, response, ++requests === 1 ? 70_001 : undefined)
      }),
    )
    const { code, stderr } = await run(url, 'export', '-o', 'f')
    assert.equal(code, 0, stderr)
    assert.deepEqual(readFileSync(join(folder, 'f')), file)
  })

  test('with other bytes than were exported gets no name, and leaves nothing', async () => {
    const url = await startOrigin(
      withExport((_request, response) => {
        const wrong = Buffer.from(file)
        wrong[1_000]! ^= 1
        response.end(wrong)
      }),
    )
    const { code, stderr } = await run(url, 'export', '-o', 'f')
    assert.equal(code, 1)
    assert.match(stderr, /SHA-256/)
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('f')),
      [],
    )
    assert.equal((await run(url, 'export')).code, 1)
  })

  test('with more or fewer bytes than were exported is noticed', async () => {
    const longer = await startOrigin(
      withExport((_request, response) => response.end(Buffer.concat([file, file]))),
    )
    assert.equal((await run(longer, 'export', '-o', 'f')).code, 1)
    const changed = await startOrigin(
      withExport((_request, response) =>
        response.writeHead(200, { 'x-content-sha256': sha256Hex('another') }).end('another'),
      ),
    )
    const { code, stderr } = await run(changed, 'export', '-o', 'f')
    assert.equal(code, 1)
    assert.match(stderr, /has changed/)
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('f')),
      [],
    )
  })

  test('without its proof gets no name, and goes on when that can be fetched', async () => {
    const bytes = Buffer.from('airs-proof/1\n')
    const proof = { name: 'f.proof', bytes: bytes.length, sha256: sha256Hex(bytes) }
    let hasProof = false
    const url = await startOrigin((request, response) => {
      const path = request.url!
      if (path.endsWith('/download')) sendFrom(request, response)
      else if (path.endsWith('/manifest')) reply(response, 200, { ...job, proof })
      else if (path.endsWith('/proof'))
        if (hasProof) response.end(bytes)
        else respondWithError(response, 410, 'export_file_missing')
      else if (path === '/v1/log') reply(response, 200, { keys: [] })
      else reply(response, request.method === 'POST' ? 202 : 200, job)
    })
    const names = () => readdirSync(folder).filter((name) => name.startsWith('f'))
    const first = await run(url, 'export', '--output', 'f')
    assert.equal(first.code, 1)
    assert.deepEqual(names(), ['f.part'])
    hasProof = true
    const [, command] = /^To go on where this stopped: airs (.+)$/m.exec(first.stderr)!
    const second = await run(url, ...command!.split(' '))
    assert.equal(second.code, 0, second.stderr)
    assert.deepEqual(names(), ['f', 'f.manifest.json', 'f.proof'])
    assert.deepEqual(readFileSync(join(folder, 'f')), file)
  })

  test('whose AIRS-CP stops while it is made says how to fetch it later', { timeout: 90_000 }, async () => {
    const url = await startOrigin((request, response) => {
      reply(response, request.method === 'POST' ? 202 : 200, { ...job, state: 'running' })
      if (request.method === 'GET') for (const close of closers.splice(0)) close()
    })
    const { code, stderr } = await run(url, 'export', '--output', 'f')
    assert.equal(code, 3)
    const [, command] = /to fetch it later: airs (.+)$/m.exec(stderr)!
    assert.equal(command, `exports download ${id} --output ${join(folder, 'f')}`)
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('f')),
      [],
    )
  })

  test('that is interrupted says how to go on, and then does', async () => {
    let isSlow = true
    const url = await startOrigin(
      withExport((request, response) => {
        if (!isSlow) sendFrom(request, response)
        else {
          response.writeHead(200, { 'content-length': file.length })
          response.write(file.subarray(0, 100_000))
        }
      }),
    )
    const { child, done } = start(url, ['export', '--output', 'f'])
    await until(
      () => readdirSync(folder).includes('f.part') && readFileSync(join(folder, 'f.part')).length === 100_000,
    )
    child.kill('SIGINT')
    const interrupted = await done
    assert.equal(interrupted.code, 130)
    const [, ...rest] = /airs (exports download \S+ --output \S+)/.exec(interrupted.stderr)![1]!.split(' ')
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('f')),
      ['f.part'],
    )
    isSlow = false
    const resumed = await run(url, 'exports', ...rest)
    assert.equal(resumed.code, 0, resumed.stderr)
    assert.match(resumed.stderr, /Going on behind the 100 kB/)
    assert.deepEqual(readFileSync(join(folder, 'f')), file)
    assert.ok(!readdirSync(folder).includes('f.part'))
  })

  test('begins anew where what is there is of another export', async () => {
    writeFileSync(join(folder, 'f.part'), 'something else')
    const url = await startOrigin(withExport((request, response) => sendFrom(request, response)))
    const { code, stderr } = await run(url, 'exports', 'download', id, '-o', 'f')
    assert.equal(code, 0, stderr)
    assert.deepEqual(readFileSync(join(folder, 'f')), file)
  })

  test('whose reader goes away ends quietly, as it does for any command', async () => {
    const url = await startOrigin(withExport((request, response) => sendFrom(request, response)))
    const script = `${bin} export | head -c 10; exit \${PIPESTATUS[0]}`
    const { code, stdout, stderr } = await start(url, ['-c', script], 'bash').done
    assert.equal(code, 141)
    assert.equal(stdout, '{"line":0}')
    assert.doesNotMatch(stderr, /EPIPE|Error/)
  })

  test('into a full device says so', async () => {
    const url = await startOrigin(withExport((request, response) => sendFrom(request, response)))
    const { code, stderr } = await start(url, ['-c', `${bin} export > /dev/full`], 'sh').done
    assert.equal(code, 1)
    assert.match(stderr, /Standard output cannot be written: ENOSPC/)
  })
})

describe('an export', () => {
  test('that fails says why and leaves no file', async () => {
    const url = await startOrigin(withExport(() => {}, { state: 'failed', error: 'the disk is full' }))
    const { code, stderr } = await run(url, 'export', '-o', 'f')
    assert.equal(code, 1)
    assert.match(stderr, /is failed: the disk is full/)
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('f')),
      [],
    )
  })

  test('whose file is refused says why', async () => {
    const url = await startOrigin(
      withExport((_request, response) => respondWithError(response, 409, 'export_not_completed')),
    )
    const { code, stderr } = await run(url, 'exports', 'download', id)
    assert.equal(code, 1)
    assert.match(stderr, /The message of export_not_completed/)
  })

  test('outlives an AIRS-CP that is down for a moment', async () => {
    let asked = 0
    const url = await startOrigin((request, response) => {
      if (request.method === 'POST') reply(response, 202, { ...job, state: 'queued' })
      else if (request.url?.endsWith('/download')) sendFrom(request, response)
      else if (++asked === 1) request.socket.destroy()
      else if (asked === 2) respondWithError(response, 502, 'service_unreachable')
      else reply(response, 200, { ...job, state: asked === 3 ? 'running' : 'completed' })
    })
    assert.equal((await run(url, 'export', '-o', 'f')).code, 0)
  })

  test('replaces no file that is there, unless it is forced to', async () => {
    writeFileSync(join(folder, 'f'), 'mine')
    let requests = 0
    const serve = withExport((request, response) => sendFrom(request, response))
    const url = await startOrigin((request, response) => {
      requests += 1
      serve(request, response)
    })
    for (const command of [['export'], ['exports', 'download', id]]) {
      const { code, stderr } = await run(url, ...command, '-o', 'f')
      assert.equal(code, 2)
      assert.match(stderr, /f exists already: .*--force/)
    }
    assert.equal(requests, 0)
    assert.equal(readFileSync(join(folder, 'f'), 'utf8'), 'mine')
    const { code, stderr } = await run(url, 'export', '--force', '-o', 'f')
    assert.equal(code, 0, stderr)
    assert.deepEqual(readFileSync(join(folder, 'f')), file)
  })

  test('is not asked for when its file could not be written', async () => {
    let requests = 0
    const url = await startOrigin(() => requests++)
    const { code, stderr } = await run(url, 'export', '-o', 'missing/f')
    assert.equal(code, 1)
    assert.match(stderr, /its folder does not exist/)
    assert.equal(requests, 0)
  })
})

describe('an error', () => {
  test('has the exit code of its kind, and its message', async () => {
    const codes: Record<string, [status: number, exit: number]> = {
      date_range_invalid: [400, 2],
      token_unknown: [401, 4],
      role_missing: [403, 4],
      not_found: [404, 1],
      internal: [500, 1],
      service_unreachable: [502, 5],
    }
    const url = await startOrigin((request, response) => {
      const code = request.url!.split('/').at(-1)!
      respondWithError(response, codes[code]![0], code)
    })
    for (const [code, [, exit]] of Object.entries(codes)) {
      const { code: actual, stderr, stdout } = await run(url, 'policy', 'show', code)
      assert.equal(actual, exit, stderr)
      assert.equal(stdout, '')
      assert.match(
        stderr,
        code === 'token_unknown' ? /token from AIRS_TOKEN/ : new RegExp(`The message of ${code}`),
      )
    }
    const { stderr } = await run(url, 'policy', 'show', 'not_found', '--json')
    assert.deepEqual(JSON.parse(stderr), {
      error: { code: 'not_found', message: 'The message of not_found' },
    })
  })

  test('of an address where something else answers names it', async () => {
    const url = await startOrigin((_request, response) => response.end('<html>'))
    for (const command of ['status', 'policy', 'events', 'exports']) {
      const { code, stderr } = await run(url, command)
      assert.equal(code, 3, stderr)
      assert.match(stderr, /is not AIRS-CP's control origin/)
    }
  })

  test('of an address where nobody answers says what to do', async () => {
    const { code, stderr } = await run('http://127.0.0.1:1', 'export')
    assert.equal(code, 3)
    assert.match(stderr, /connection refused.*npm start.*AIRS_URL/)
  })
})

describe('status and doctor', () => {
  const readiness = {
    ready: false,
    services: {
      ingress: { url: 'http://127.0.0.1:1', ready: true, checks: {} },
      audit: {
        url: 'http://127.0.0.1:2',
        ready: false,
        checks: { database: { ready: false, reason: 'Postgres is down\u001b[2J' } },
      },
    },
  }

  test('report what is not ready, with what they still know', async () => {
    const url = await startOrigin((request, response) => {
      if (request.url === '/readyz') reply(response, 503, readiness)
      else if (request.url === '/v1/mode') reply(response, 200, { mode: 'off', reason: '', setVersion: 1 })
      else respondWithError(response, 502, 'service_unreachable')
    })
    const status = await run(url, 'status')
    assert.equal(status.code, 5)
    assert.match(status.stdout, /audit +not ready +database: Postgres is down\\u001b\[2J/)
    assert.match(status.stdout, /Mode +off/)
    assert.match(status.stderr, /Not ready: audit/)
    const json = await run(url, 'status', '--json')
    assert.equal(JSON.parse(json.stdout).services.audit.ready, false)
    assert.equal(JSON.parse(json.stdout).audit, null)

    const doctor = await run(url, 'doctor')
    assert.equal(doctor.code, 5)
    assert.match(doctor.stdout, /ok +token: accepted \(from AIRS_TOKEN\)/)
    assert.match(doctor.stdout, /FAILED +service audit/)
    assert.match(doctor.stdout, /FAILED +ingress: Cannot reach http:\/\/127\.0\.0\.1:1: connection refused/)
  })

  test('find a clock that differs', async () => {
    const url = await startOrigin((request, response) => {
      response.setHeader('date', new Date(Date.now() - 3_600_000).toUTCString())
      if (request.url === '/readyz') reply(response, 200, { ready: true, services: {} })
      else reply(response, 200, { mode: 'off', reason: '', setVersion: 1 })
    })
    const { code, stdout } = await run(url, 'doctor')
    assert.equal(code, 1)
    assert.match(stdout, /FAILED +clock: differs by 3[56]\d\d s/)
  })
})

describe('the file that is called', () => {
  test('finds its Node.js through links and from anywhere', async () => {
    mkdirSync(join(folder, 'there'))
    symlinkSync(bin, join(folder, 'there', 'airs'))
    symlinkSync(join('there', 'airs'), join(folder, 'airs'))
    const { code, stdout } = await start('', ['--version'], join(folder, 'airs')).done
    assert.equal(code, 0)
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/)
  })

  test('says what has no token, and where one was looked for', async () => {
    const child = spawn(bin, ['--url', 'http://127.0.0.1:1', 'policy'], {
      cwd: folder,
      env: { ...environment, HOME: folder, AIRS_DATA_DIR: folder },
    })
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
    assert.equal(code, 4)
    assert.equal(
      stderr,
      `airs: No token was found; looked at --token, AIRS_TOKEN, ${folder}/.config/airs/config.json, ${folder}/token and ${folder}/.airs/token. Set AIRS_TOKEN to one; an administrator makes it with "airs tokens create".\n`,
    )
  })
})

describe('verify', () => {
  const digest = sha256Hex(Buffer.from(''))
  const manifest = {
    ...{ manifest: 'airs-export/1', kind: 'events', format: 'jsonl', compression: 'none' },
    ...{
      includeLineage: false,
      from: null,
      until: null,
      filters: {},
      rows: 0,
      counts: {},
      first: null,
      last: null,
    },
    ...{ journals: null, content: { bytes: 0, sha256: digest } },
    files: [{ name: 'day.jsonl', bytes: 0, sha256: digest }],
    proof: { format: 'airs-proof/1', checkpoint: 'x', name: 'day.jsonl.proof', bytes: 0, sha256: digest },
    made: { exportId: id, at: '2026-01-01T00:00:00Z', by: 'x', software: { name: 'x', version: '0.2.0' } },
  }

  test('of a folder says what to name', async () => {
    const empty = await run('', 'verify', folder)
    assert.equal(empty.code, 1)
    assert.match(empty.stderr, /is a folder, and one file is verified at a time: an export, .* drop\.\n$/)
    writeFileSync(join(folder, 'day.jsonl.manifest.json'), '{}')
    assert.match((await run('', 'verify', folder)).stderr, /such as \S+\/day\.jsonl\.\n$/)
  })

  test('without what lies beside an export says where that comes from', async () => {
    const none = await run('', 'verify', 'none.jsonl')
    assert.match(none.stderr, /none\.jsonl cannot be read: there is no such file\.\n$/)
    writeFileSync(join(folder, 'day.jsonl'), '')
    assert.match((await run('', 'verify', 'day.jsonl')).stderr, /There is no manifest .*--manifest\.\n$/)
    const other = await run('', 'verify', '--manifest', folder, 'day.jsonl')
    assert.match(other.stderr, /The manifest \S+ cannot be read: it is a folder\.\n$/)
    writeFileSync(join(folder, 'day.jsonl.manifest.json'), JSON.stringify(manifest))
    const { code, stderr } = await run('', 'verify', 'day.jsonl')
    assert.equal(code, 1)
    assert.match(stderr, /The proof \S+day\.jsonl\.proof cannot be read: there is no such file\. .*--proof/)
    const folders = await run('', 'verify', '--proof', folder, 'day.jsonl')
    assert.match(folders.stderr, /cannot be read: it is a folder\. /)
  })
})

describe('completion', () => {
  test('in bash completes commands, options, choices and files', async () => {
    const { stdout: script } = await run('', 'completion', 'bash')
    writeFileSync(join(folder, 'c.bash'), script)
    writeFileSync(join(folder, 'a policy.yaml'), '')
    const complete = async (...words: string[]) => {
      const print = `source c.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _airs; printf '%s\n' "\${COMPREPLY[@]}"`
      const { stdout } = await start('', ['-c', print, 'bash', 'airs', ...words], 'bash').done
      return stdout.split('\n').filter(Boolean)
    }
    assert.deepEqual(await complete('pol'), ['policy'])
    assert.deepEqual(await complete('policy', 'r'), ['rollback', 'remove'])
    assert.deepEqual(await complete('policy', 'apply', 'a'), ['a policy.yaml'])
    assert.deepEqual(await complete('--url', 'status', 'export', '--o'), ['--output'])
    assert.deepEqual(await complete('mode', 'o'), ['off', 'observe'])
    assert.deepEqual(await complete('export', '--from', ''), [])
  })
})

async function until(isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error('It has not come about in 60 s')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
