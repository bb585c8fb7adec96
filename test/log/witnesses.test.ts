import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, test } from 'node:test'
import {
  checkpointText,
  consistencyRanges,
  createSigner,
  Frontier,
  formatAddCheckpoint,
  formatVerifierKey,
  type Hash,
  hashOfSpan,
  leafHash,
  parseNote,
  parseVerifierKey,
  parseWitnessPolicy,
  rangeHashes,
  signNote,
  verifyNote,
} from '@airs-cp/transparency-log'
import { freePort } from '../../infra/local/free-port.ts'
import { createWitnessClient } from '../../services/audit/log/ask-witnesses.ts'
import type { SignedCheckpoint } from '../../services/audit/log/log-files.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'
import { goTool } from './go-tool.ts'

const airs = join(import.meta.dirname, '..', '..', 'libs', 'cli', 'bin', 'airs')
const signer = createSigner('test/log', 'ed25519')

/** A log of up to a hundred leaves; `fork` is another history from leaf 5 on, signed with the same key. */
function historyOf(fork = '') {
  const leaves = Array.from({ length: 100 }, (_, at) => leafHash(Buffer.from(`${at}${at >= 5 ? fork : ''}`)))
  return {
    checkpoint(size: number, by = signer): SignedCheckpoint {
      const frontier = new Frontier()
      for (const leaf of leaves.slice(0, size)) frontier.append(leaf)
      const origin = by.key.name
      const root = frontier.root()
      return {
        origin,
        size,
        root,
        extensions: [],
        note: signNote(checkpointText({ origin, size, root }), [by]),
      }
    },
    consistency:
      (size: number) =>
      (oldSize: number): Promise<Hash[]> =>
        rangeHashes(consistencyRanges(oldSize, size), async (nodes) =>
          nodes.map(({ level, index }) =>
            hashOfSpan(Buffer.concat(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level))),
          ),
        ),
  }
}

const honest = historyOf()
const forked = historyOf('fork')
type History = typeof honest

const clientOf = (lines: string[], quorum: string) =>
  createWitnessClient(parseWitnessPolicy([...lines, `quorum ${quorum}`, ''].join('\n')))
const cosign = (client: ReturnType<typeof clientOf>, history: History, size: number) =>
  client.cosign(history.checkpoint(size), history.consistency(size))

describe('witnesses', () => {
  const directory = makeTemporaryDirectory()
  const closing: (() => void)[] = []
  after(() => {
    for (const close of closing) close()
    directory.remove()
  })

  async function startWitness(state: string): Promise<{ line: string; child: ChildProcess }> {
    const child = spawn(
      airs,
      [
        'witness',
        '--port',
        '0',
        '--state',
        join(directory.path, state),
        '--name',
        `test/${state}`,
        '--log',
        formatVerifierKey(signer.key),
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    closing.push(() => child.kill('SIGKILL'))
    const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string]
    return { line: line.replace(/^witness \S+/, `witness ${state}`), child }
  }

  async function startServer(listener: RequestListener): Promise<string> {
    const server: Server = createServer(listener)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closing.push(() => {
      server.close()
      server.closeAllConnections()
    })
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  test('airs witness cosigns what continues, refuses a fork, also after kill -9, and whom it does not know', async () => {
    const { line, child } = await startWitness('one')
    const [, , vkey, url] = line.split(' ') as [string, string, string, string]
    const client = clientOf([line], 'one')
    for (const size of [3, 3, 20, 64]) {
      const { note, hasQuorum } = await cosign(client, honest, size)
      assert.ok(hasQuorum, JSON.stringify(client.status()))
      const [verified] = verifyNote(parseNote(note), [parseVerifierKey(vkey)])
      assert.ok(Math.abs(verified!.at! - Date.now() / 1_000) < 60)
    }
    const refusal = async (history: History, size: number, from: string) => {
      const fresh = clientOf([from], 'one')
      assert.equal((await cosign(fresh, history, size)).hasQuorum, false)
      return fresh.status()[0]!.problem!
    }
    assert.match(await refusal(forked, 70, line), /status 422: .*does not continue/)
    assert.match(await refusal(forked, 64, line), /two histories/)
    assert.match(await refusal(honest, 30, line), /has seen 64 leaves/)

    child.kill('SIGKILL')
    await once(child, 'exit')
    const again = await startWitness('one')
    assert.equal(again.line.split(' ')[2], vkey)
    assert.match(await refusal(forked, 70, again.line), /status 422/)
    assert.ok((await cosign(clientOf([again.line], 'one'), honest, 80)).hasQuorum)

    const ask = async (body: string) =>
      (await fetch(`${again.line.split(' ')[3]}/add-checkpoint`, { method: 'POST', body })).status
    const request = (by: typeof signer) =>
      formatAddCheckpoint({ oldSize: 0, proof: [], checkpoint: honest.checkpoint(90, by).note })
    assert.equal(await ask(request(createSigner('test/unknown', 'ed25519'))), 404)
    assert.equal(await ask(request(createSigner('test/log', 'ed25519'))), 403)
    assert.equal(await ask('anything'), 400)
    assert.equal(await ask(request(signer)), 409)
    assert.ok(url)
  })

  test('several of them ask for one answer at a time: only one history is cosigned', async () => {
    const { line } = await startWitness('racing')
    const results = await Promise.all(
      [honest, forked, honest, forked].map((history) => cosign(clientOf([line], 'racing'), history, 50)),
    )
    const cosigned = results.filter(({ hasQuorum }) => hasQuorum).map(({ note }) => note.split('\n')[2])
    assert.equal(new Set(cosigned).size, 1)
  })

  test('that lie, hang or are down cost a quorum nothing, and are named', async () => {
    const { line } = await startWitness('good')
    const liar = createSigner('test/liar', 'cosignature-ed25519')
    const keyOf = (name: string) => formatVerifierKey(createSigner(name, 'cosignature-ed25519').key)
    const lying = await startServer((_, response) => {
      const other = checkpointText({ origin: 'test/log', size: 1, root: Buffer.alloc(32) })
      response.end(signNote(other, [liar]).split('\n\n')[1])
    })
    const hanging = await startServer(() => {})
    const talking = await startServer((_, response) => {
      response.writeHead(200)
      const timer = setInterval(() => response.write('x'.repeat(10_000)), 1)
      response.on('close', () => clearInterval(timer))
    })
    const down = `http://127.0.0.1:${await freePort()}`
    const client = clientOf(
      [
        line,
        `witness lying ${formatVerifierKey(liar.key)} ${lying}`,
        `witness hanging ${keyOf('test/hanging')} ${hanging}`,
        `witness talking ${keyOf('test/talking')} ${talking}`,
        `witness down ${keyOf('test/down')} ${down}`,
        'group enough 1 good lying hanging talking down',
      ],
      'enough',
    )
    const first = await cosign(client, honest, 10)
    assert.ok(first.hasQuorum)
    assert.equal(first.note.split('— ').length - 1, 2)
    const problems = Object.fromEntries(client.status().map(({ name, problem }) => [name, problem]))
    assert.equal(problems.good, null)
    assert.match(problems.lying!, /does not hold/)
    assert.match(problems.hanging!, /does not respond/)
    assert.match(problems.talking!, /more than 65536 bytes/)
    assert.match(problems.down!, /does not respond/)
    const beganAt = performance.now()
    assert.ok((await cosign(client, honest, 11)).hasQuorum)
    assert.ok(performance.now() - beganAt < 2_500, 'one that hangs is asked again at once')
  })

  test('with litewitness, which others have written: it cosigns, and refuses a fork', async (t) => {
    const tool = goTool('litewitness', 'filippo.io/torchwood/cmd/litewitness@v0.6.1')
    if ('missing' in tool) return t.skip(tool.missing)
    if (!existsSync('/usr/bin/ssh-agent')) return t.skip('ssh-agent is not installed, which holds its key')
    const folder = mkdtempSync('/tmp/lw-')
    closing.push(() => rmSync(folder, { recursive: true, force: true }))
    const socket = join(folder, 'agent')
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' })
    closing.push(() => agent.kill())
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'key')])
    for (let attempt = 0; !existsSync(socket) && attempt < 100; attempt++)
      await new Promise((resolve) => setTimeout(resolve, 50))
    execFileSync('ssh-add', ['-q', join(folder, 'key')], { env: { ...process.env, SSH_AUTH_SOCK: socket } })
    const fingerprint = execFileSync('ssh-keygen', ['-l', '-f', join(folder, 'key.pub')], {
      encoding: 'utf8',
    })
    const database = join(folder, 'witness.db')
    const port = await freePort()
    const child = spawn(
      tool.path,
      [
        '-db',
        database,
        '-name',
        'example.com/lw',
        '-ssh-agent',
        socket,
        '-listen',
        `127.0.0.1:${port}`,
        '-key',
        fingerprint.split(' ')[1]!,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
    closing.push(() => child.kill())
    let vkey: string | undefined
    for await (const line of createInterface({ input: child.stderr! })) {
      vkey = /vkey=(\S+)/.exec(line)?.[1]?.replaceAll('"', '')
      if (vkey) break
    }
    child.stderr!.resume()
    const logs = new DatabaseSync(database)
    logs
      .prepare('INSERT INTO log (origin, tree_size, tree_hash) VALUES (?, 0, ?)')
      .run('test/log', new Frontier().root().toString('base64'))
    logs.prepare('INSERT INTO key (origin, key) VALUES (?, ?)').run('test/log', formatVerifierKey(signer.key))
    logs.close()
    const line = `witness lw ${vkey} http://127.0.0.1:${port}`
    const client = clientOf([line], 'lw')
    for (const size of [3, 20, 64]) {
      const { note, hasQuorum } = await cosign(client, honest, size)
      assert.ok(hasQuorum, JSON.stringify(client.status()))
      assert.equal(verifyNote(parseNote(note), [parseVerifierKey(vkey!)]).length, 1)
    }
    const other = clientOf([line], 'lw')
    assert.equal((await cosign(other, forked, 70)).hasQuorum, false)
    assert.match(other.status()[0]!.problem!, /status 422/)
  })
})
