import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { createClient } from '@airs-cp/client'
import { manifestName } from '@airs-cp/manifest'
import { type Stack, startStack } from '../../infra/local/stack.ts'
import { airs } from '../support/airs.ts'
import { watchSettling } from '../support/settled.ts'
import { makeTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts'
import { verifyWithBoth, verifyWithPython } from './both-verifiers.ts'
import { go, goTool } from './go-tool.ts'

describe('what a running stack hands out', () => {
  let directory: TemporaryDirectory
  let stack: Stack
  let key: string
  const exchanges: string[] = []
  before(async () => {
    directory = makeTemporaryDirectory()
    stack = await startStack({
      dataDir: join(directory.path, 'data'),
      ports: 'free',
      env: { ...process.env, AIRS_PROVIDER: 'mock' },
    })
    for (let call = 0; call < 20; call++) {
      const response = await fetch(`${stack.urls.ingress}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          model: 'm',
          messages: [{ role: 'user', content: `${call} grüße ${'x'.repeat(call === 7 ? 100_000 : 10)}` }],
        }),
      })
      assert.equal(response.status, 200)
      await response.text()
      exchanges.push(response.headers.get('x-airs-exchange-id')!)
    }
    const settling = await watchSettling(stack)
    await settling.settled().finally(() => settling.close())
    key = (await run('log', 'key')).split('\n')[0]!
  })
  after(async () => {
    await stack?.stop()
    directory?.remove()
  })

  const run = async (...args: string[]) => {
    const { code, out, err } = await airs(stack, args)
    assert.equal(code, 0, out + err)
    return out
  }
  const path = (name: string) => join(directory.path, name)

  for (const [name, ...options] of [
    ['whole.jsonl'],
    ['packed.jsonl', '--compress', 'gzip'],
    ['today.jsonl', '--from', '1h'],
    ['of-one-model.jsonl', '--model', 'm'],
  ])
    test(`an export is proven: ${name}`, async () => {
      const file = path(name!)
      await run('export', '--output', file, ...options)
      assert.deepEqual(await verifyWithBoth(file, [key], directory.path), {
        valid: true,
        proven: true,
        problems: [],
      })
      assert.ok(existsSync(path('verify.py')))
      assert.match(await run('verify', file), /is proven: [\s\S]*Trusted key: .*, from .*known-logs/)
      const said = execFileSync('python3', [path('verify.py'), file, '--key', key], { encoding: 'utf8' })
      // A filter is in the manifest, which who has the export can change, and explains what is not there.
      assert.equal(/^PROVEN: .*filtered/.test(said), options.includes('--model'), said)
    })

  test('a row that was changed is named, although the manifest was made to fit', async () => {
    const file = path('whole.jsonl')
    const forged = path('forged.jsonl')
    for (const ending of ['', '.manifest.json', '.proof']) cpSync(file + ending, forged + ending)
    const lines = readFileSync(file, 'utf8').split('\n')
    const at = lines.findIndex((line) => line.includes('3 grüße'))
    lines[at] = lines[at]!.replace('3 grüße', '4 grüße')
    writeFileSync(forged, lines.join('\n'))
    const { createHash } = await import('node:crypto')
    const sha256 = createHash('sha256').update(readFileSync(forged)).digest('hex')
    const manifest = JSON.parse(readFileSync(manifestName(forged), 'utf8'))
    manifest.content.sha256 = sha256
    manifest.files[0].sha256 = sha256
    writeFileSync(manifestName(forged), JSON.stringify(manifest))
    const { valid, problems } = await verifyWithBoth(forged, [key], directory.path)
    assert.equal(valid, false)
    assert.equal(problems.length, 1)
    assert.match(
      problems[0]!,
      new RegExp(`^Row ${at + 1} \\(.*\\): its bytes are not those that were recorded as leaf`),
    )
  })

  test('a receipt of an exchange, with and without its content', async () => {
    for (const options of [[], ['--redact']]) {
      const file = path(`receipt${options.length}.json`)
      await run('prove', exchanges[7]!, '--output', file, ...options)
      assert.deepEqual((await verifyWithBoth(file, [key], directory.path)).problems, [])
      assert.equal(readFileSync(file, 'utf8').includes('grüße'), options.length === 0)
      assert.match(await run('verify', file), /is proven: \d+ events of exchange/)
    }
    const { events } = JSON.parse(readFileSync(path('receipt0.json'), 'utf8'))
    const { id } = JSON.parse(events[0].event)
    writeFileSync(path('one.json'), await run('prove', id))
    assert.deepEqual((await verifyWithPython(path('one.json'), [key])).problems, [])
  })

  test('a statement of a range, which both verifiers read', async () => {
    const file = path('statement')
    await run('audit', 'statement', '--from', '1h', '--output', file)
    assert.deepEqual((await verifyWithBoth(file, [key], directory.path)).problems, [])
    const statement = JSON.parse(readFileSync(file, 'utf8').split('\n')[2]!)
    assert.deepEqual(statement.exceptions, [])
    assert.equal(statement.requests, 20)
    assert.equal(statement.outcomes, 20)
    assert.match(await run('verify', file), /is genuine\.[\s\S]*Complete: every request has its outcome/)
    writeFileSync(file, readFileSync(file, 'utf8').replace('"requests":20', '"requests":19'))
    const { problems } = await verifyWithBoth(file, [key], directory.path)
    assert.match(problems.join(), /^Signature: the signature of key .* does not hold$/)
  })

  test('the served log is accepted by fsck of Tessera, which others have written', async (t) => {
    const tool = goTool('fsck', 'github.com/transparency-dev/tessera/cmd/fsck@v1.0.4')
    if ('missing' in tool) return t.skip(tool.missing)
    writeFileSync(path('log.key'), `${key}\n`)
    const flags = [
      '-ui=false',
      '-public_key',
      path('log.key'),
      '-storage_url',
      `${stack.urls.console}/v1/log/`,
    ]
    await promisify(execFile)(tool.path, [...flags, '-bearer_token', stack.token])
  })

  test('checkpoint and receipt are accepted by note and tlog of golang.org/x/mod', async (t) => {
    if (!go) return t.skip('go is not on the PATH')
    cpSync(join(import.meta.dirname, 'x-mod'), path('x-mod'), { recursive: true })
    await run('prove', exchanges[3]!, '--output', path('for-go.json'))
    const { stdout } = await promisify(execFile)(go, ['run', '.', path('for-go.json'), key], {
      cwd: path('x-mod'),
      env: { ...process.env, GOFLAGS: '-mod=mod' },
    })
    assert.match(stdout, /^\d+ records are in the tree of \d+\n$/)
  })

  test('everything that is taken when leaving', async () => {
    await run('offboard', '--wait', '1', '--output', path('left'))
    const certificate = JSON.parse(readFileSync(path('left/certificate.json'), 'utf8'))
    assert.deepEqual(certificate.reasons, [])
    assert.deepEqual(certificate.logKeys, [key])
    assert.deepEqual((await verifyWithBoth(path('left/events.jsonl'), [key], directory.path)).problems, [])
    assert.ok(existsSync(path('left/verify.py')))
  })

  test('another log at the same address is trusted when a person says so', async () => {
    await using client = createClient({ url: stack.urls.console!, token: stack.token })
    const { origin } = await client.log.begin('an intruder did')
    const exported = await airs(stack, ['export', '--output', path('other.jsonl')])
    assert.equal(exported.code, 0, exported.err)
    assert.match(exported.err, new RegExp(`is log ${origin}, where .* was before .* it is not trusted`))
    const doubted = await airs(stack, ['verify', path('other.jsonl')])
    assert.equal(doubted.code, 1, doubted.out)
    assert.equal((await airs(stack, ['log', 'key', '--trust'])).code, 0)
    assert.match(await run('verify', path('other.jsonl')), /is proven: /)
  })
})
