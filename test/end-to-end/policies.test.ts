import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { connectBus, findKey, putKey } from '@airs-cp/bus'
import { buckets, createEntrySet, entryNames, type PublishedHead } from '@airs-cp/events'
import type { Overall } from '../../services/console/overall-readiness.ts'
import { statusPage } from '../../services/console/pages/status-page.ts'
import { airs as runAirs } from '../support/airs.ts'
import { controlOf, type RecordedEvent, until } from '../support/control.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { makeTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts'

const blockWord = (word: string, mode = 'enforce') => `name: no-word
mode: ${mode}
direction: request
detectors:
  - { detector: pattern, name: WORD, pattern: "${word}" }
action: block
message: The word ${word} stays here
`

describe('policies', () => {
  let stack: Stack
  let control: ReturnType<typeof controlOf>
  let directory: TemporaryDirectory

  before(async () => {
    directory = makeTemporaryDirectory()
    stack = await startStack({
      dataDir: directory.path,
      apart: ['ingress'],
      env: { AIRS_MODE: 'enforce' },
    })
    control = controlOf(stack)
    await ingressHeardOf()
  })
  after(async () => {
    await stack?.stop()
    directory?.remove()
  })

  /** Calls a control API and answers status, tag and body, whatever they are. */
  async function call(method: string, path: string, body?: string, headers: Record<string, string> = {}) {
    const response = await fetch(`${stack.urls.console}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${stack.token}`,
        ...(body !== undefined && { 'content-type': 'application/yaml' }),
        ...headers,
      },
      ...(body !== undefined && { body }),
    })
    return {
      status: response.status,
      tag: response.headers.get('etag'),
      // biome-ignore lint/suspicious/noExplicitAny: tests read many shapes of answers
      json: (await response.json()) as any,
    }
  }

  const ingressHeardOf = () =>
    until('the ingress to be heard of', async () => {
      const { json } = await call('PUT', '/v1/mode', '{"mode":"enforce"}', {
        'content-type': 'application/json',
      })
      return json.ingresses.activated === 1 || undefined
    })

  const airs = (args: string[], stdin?: string) => runAirs(stack, args, stdin)

  async function ask(text: string) {
    const response = await fetch(`${stack.urls.ingress}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: text }] }),
    })
    const exchange = response.headers.get('x-airs-exchange-id')!
    const mode = response.headers.get('x-airs-mode')
    return { status: response.status, body: await response.text(), exchange, mode }
  }

  const readyz = async () =>
    (await (await fetch(`${stack.urls.ingress}/readyz`)).json()) as {
      ready: boolean
      notes?: { policy?: string; mode?: string }
    }

  test('decide on bodies that are printed byte for byte as they were recorded', async () => {
    const { exchange, body } = await ask('every byte, ä and \u2028 too')
    await until('the response to be recorded', async () => {
      const { out } = await airs(['exchanges', 'show', exchange, '--no-content'])
      return /completed/.test(out) || undefined
    })
    const request = await airs(['exchanges', 'body', exchange])
    assert.equal(JSON.parse(request.out).messages[0].content, 'every byte, ä and \u2028 too')
    assert.equal((await airs(['exchanges', 'body', exchange, 'response'])).out, body)
    const missing = await airs(['exchanges', 'body', exchange, 'delivered'])
    assert.match(missing.err, /has no body delivered; recorded: request, response/)
  })

  test('decide on forms with files, which are printed as bytes, and on no terminal', async () => {
    const file = Buffer.from([0, 0xff, 0xfe, 0x1b, ...Array.from({ length: 256 }, (_, byte) => byte)])
    const form = new FormData()
    form.set('purpose', 'assistants')
    form.set('file', new Blob([file]), 'all.bin')
    const sent = new Request(`${stack.urls.ingress}/v1/files`, { method: 'POST', body: form })
    const body = Buffer.from(await sent.clone().arrayBuffer())
    const exchange = (await fetch(sent)).headers.get('x-airs-exchange-id')!
    await until('the request to be recorded', async () => {
      const { code } = await airs(['exchanges', 'show', exchange, '--no-content'])
      return code === 0 || undefined
    })
    assert.ok((await airs(['exchanges', 'body', exchange])).bytes.equals(body))
    const { base64 } = JSON.parse((await airs(['exchanges', 'body', exchange, '--json'])).out)
    assert.ok(Buffer.from(base64, 'base64').equals(body))
    const { code, out, err } = await runAirs(stack, ['exchanges', 'body', exchange], '', { isTTY: true })
    assert.deepEqual([code, out], [1, ''])
    assert.match(err, /is no text, so a terminal cannot show it.* airs exchanges body \S+ request > FILE\n$/)
  })

  test('have versions that can be listed, shown, compared and brought back', async () => {
    const first = await airs(['policy', 'apply', '-', '--reason', 'a first try'], blockWord('apple'))
    assert.equal(first.out, 'no-word: version 1, mode enforce\n')
    assert.match(first.err, /In force on 1 ingress\./)
    assert.equal((await ask('an apple')).status, 403)
    await airs(['policy', 'apply', '-'], blockWord('pear'))
    assert.equal(
      (await airs(['policy', 'apply', '-'], blockWord('pear'))).out,
      'no-word: version 2, mode enforce, unchanged\n',
    )
    assert.deepEqual([(await ask('an apple')).status, (await ask('a pear')).status], [200, 403])

    const { out: diff } = await airs(['policy', 'diff', 'no-word'])
    assert.match(diff, /^--- no-word version 1\n\+\+\+ no-word version 2\n@@ /)
    assert.match(diff, /^-message: The word apple stays here\n\+message: The word pear stays here$/m)
    const { json } = await call('GET', '/v1/policies/no-word/diff?from=1&to=2')
    assert.deepEqual(
      json.fields.map(({ field }: { field: string }) => field),
      ['detectors', 'message'],
    )

    const back = await airs(['policy', 'rollback', 'no-word', '--reason', 'pears are fine'])
    assert.equal(back.out, 'no-word: version 3, which is version 1 again\n')
    assert.deepEqual([(await ask('an apple')).status, (await ask('a pear')).status], [403, 200])
    assert.equal((await airs(['policy', 'show', 'no-word'])).out, blockWord('apple'))
    assert.equal((await airs(['policy', 'show', 'no-word', '2'])).out, blockWord('pear'))

    await airs(['policy', 'remove', 'no-word'])
    assert.equal((await ask('an apple')).status, 200)
    const { out: history } = await airs(['policy', 'history', 'no-word'])
    assert.match(history, /^4 .* removed$/m)
    assert.match((await airs(['policy', 'show', 'no-word'])).err, /no-word was removed with version 4/)
    assert.match((await airs(['policy', 'show', 'never'])).err, /never does not exist/)
    assert.match(history, /^3 .* version 1 again, "pears are fine"$/m)
    assert.match(history, /^1 +enforce +block .* applied, "a first try"$/m)
    const impossible = await airs(['policy', 'rollback', 'no-word', '4'])
    assert.match(impossible.err, /Version 4 of policy no-word removed it/)
    assert.match((await airs(['policy', 'rollback', 'no-word', '9'])).err, /Version 9 .* does not exist/)
    assert.equal(
      (await airs(['policy', 'rollback', 'no-word', 'v2'])).out,
      'no-word: version 5, which is version 2 again\n',
    )
  })

  test('are not changed by whoever does not know the version in force', async () => {
    const { tag } = await call('GET', '/v1/policies/no-word')
    assert.equal(tag, '"5"')
    const stale = await call('PUT', '/v1/policies/no-word', blockWord('plum'), { 'if-match': '"4"' })
    assert.equal(stale.status, 412)
    assert.match(stale.json.error.message, /at version 5, and not what If-Match says/)
    const taken = await call('PUT', '/v1/policies/no-word', blockWord('plum'), { 'if-none-match': '*' })
    assert.equal(taken.status, 412)
    const others = ['one', 'two', 'three', 'four', 'five'].map((word) =>
      call('PUT', '/v1/policies/no-word', blockWord(word), { 'if-match': tag! }),
    )
    const statuses = (await Promise.all(others)).map(({ status }) => status).sort()
    assert.deepEqual(statuses, [200, 412, 412, 412, 412], 'of several at once one wins')

    const set = await call('GET', '/v1/policies')
    assert.equal(set.tag, `"set-${set.json.setVersion}"`)
    const applied = await call('PUT', '/v1/policies', blockWord('fig'), { 'if-match': set.tag! })
    assert.deepEqual([applied.status, applied.tag], [200, `"set-${set.json.setVersion + 1}"`])
    const late = await airs(
      ['policy', 'apply', '-', '--if-match', `set-${set.json.setVersion}`],
      blockWord('kiwi'),
    )
    assert.equal(late.code, 1)
    assert.match(late.err, /somebody changed it/)
    const gone = await airs(['policy', 'remove', 'no-word', '--if-match', '1'])
    assert.match(gone.err, /Policy no-word is at version 7/)
  })

  test('that cannot be used are refused with the line, and nothing changes', async () => {
    const before = await call('GET', '/v1/policies')
    const wrong = `${blockWord('fig')}---\nname: other\ndetectors:\n  - { detector: pattern, name: X, pattern: "(" }\naction: block\n`
    const refused = await airs(['policy', 'apply', '-'], wrong)
    assert.equal(refused.code, 2)
    const invalid = await airs(['policy', 'validate', '-'], 'name: x\naction: explode\ndetectors: []\n')
    assert.match(invalid.err, /standard input:2:9: policy x: action: "explode" is not one of allow/)
    assert.equal(
      (await airs(['policy', 'validate', '-'], blockWord('fig'))).out,
      'no-word: valid, mode enforce\n',
    )
    assert.deepEqual((await call('GET', '/v1/policies')).json, before.json)
    const misnamed = await call('PUT', '/v1/policies/other-name', blockWord('fig'))
    assert.match(misnamed.json.error.message, /The address says policy other-name/)
    const { out } = await airs(['policy', 'diff', '-'], blockWord('lime'))
    assert.match(out, /^\+message: The word lime stays here$/m)
  })

  test('have their published schema, under a name that none of them can take', async () => {
    const published = readFileSync(join(import.meta.dirname, '../../docs/policy.schema.json'), 'utf8')
    const { status, json } = await call('GET', '/v1/policies/schema')
    assert.equal(status, 200)
    assert.deepEqual(json, JSON.parse(published))
    assert.deepEqual(JSON.parse((await airs(['policy', 'schema'])).out), json)
    const openapi = (await (await fetch(`${stack.urls.console}/openapi.json`)).json()) as { paths: object }
    assert.ok('/v1/policies/schema' in openapi.paths)
    const taken = await call('PUT', '/v1/policies', blockWord('fig').replace('no-word', 'schema'))
    assert.equal(taken.status, 400)
    assert.match(taken.json.error.message, /cannot have the name schema/)
  })

  test('do nothing while they are bypassed: all passes unscanned and untouched, and is recorded', async () => {
    assert.equal((await ask('a fig')).status, 403)
    const off = await airs(['mode', 'off', '--reason', 'incident 7'])
    assert.match(off.out, /^off: BYPASS: no policy is applied/)
    const { status, exchange, mode } = await ask('a fig for ann@example.com')
    assert.deepEqual([status, mode], [200, 'off'])
    assert.match((await readyz()).notes?.mode ?? '', /all policies are bypassed/)
    assert.match((await airs(['status'])).out, /^Mode +off: BYPASS.*incident 7.*by local/m)
    // The page that stands there until the console is built, whether or not it is.
    const overall = (await (await fetch(`${stack.urls.console}/readyz`)).json()) as Overall
    assert.match(statusPage(overall), /role="alert">all policies are bypassed/)
    const [request, outcome] = await control.events(exchange, 2)
    for (const { data } of [request!, outcome!] as RecordedEvent[]) {
      assert.deepEqual(
        { ...data.decision, policySet: 0 },
        {
          action: 'allow',
          mode: 'off',
          policySet: 0,
          verdicts: [],
          findings: [],
          scanned: {
            characters: 0,
            skipped: [{ path: '', reason: 'policies are bypassed: the mode is off' }],
          },
        },
      )
    }
    assert.equal(request!.data.forwarded, undefined)
    assert.equal(outcome!.data.delivered, undefined)
    await airs(['mode', 'observe'])
    assert.match(
      (await airs(['policy', 'apply', '-'], blockWord('fig'))).err,
      /The mode is observe: .*airs mode enforce/,
    )
    await airs(['mode', 'enforce', '--reason', 'over'])
    assert.doesNotMatch((await airs(['policy', 'apply', '-'], blockWord('fig'))).err, /The mode is/)
    assert.equal((await ask('a fig')).status, 403)
    const { out } = await airs(['mode'])
    assert.match(out, /^enforce: .*\nReason: over\n\nmode /)
    assert.match(out, /^off .* local +incident 7$/m)
    const { out: json } = await airs(['mode', 'history', '--json', '-n', '3'])
    const { changes } = JSON.parse(json)
    assert.deepEqual(
      changes.map(({ mode, reason, actor }: Record<string, string>) => [mode, reason, actor]),
      [
        ['enforce', 'over', 'local'],
        ['observe', '', 'local'],
        ['off', 'incident 7', 'local'],
      ],
    )
  })

  test('are not asked while all traffic is stopped: everything is refused with a message, and recorded', async () => {
    const { out, err } = await airs(['mode', 'stop', '--message', 'Call ext. 4711', '--reason', 'incident 8'])
    assert.match(out, /^stop: STOPPED: all traffic is refused/)
    assert.match(err, /In force on 1 ingress\./)
    const refused = await ask('a date')
    assert.deepEqual([refused.status, refused.mode], [403, 'stop'])
    const { error } = JSON.parse(refused.body)
    assert.deepEqual([error.code, error.message], ['traffic_stopped', 'Call ext. 4711'])
    const [rejected] = await control.events(refused.exchange, 1)
    assert.deepEqual([rejected!.data.status, rejected!.data.error.code], [403, 'traffic_stopped'])
    const headers = {
      'content-type': 'application/json',
      'x-api-key': 'k',
      'anthropic-version': '2023-06-01',
    }
    const body = JSON.stringify({ model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'x' }] })
    const anthropic = await fetch(`${stack.urls.ingress}/v1/messages`, { method: 'POST', headers, body })
    assert.match(await anthropic.text(), /"message":"Call ext. 4711"/)
    assert.equal((await fetch(`${stack.urls.ingress}/v1/models`)).status, 403)
    assert.match((await airs(['status'])).out, /^Mode +stop: STOPPED/m)
    const { json } = await call('PUT', '/v1/mode', '{"mode":"stop"}', { 'content-type': 'application/json' })
    assert.equal(json.changed, true, 'without the message it is another')
    assert.match(JSON.parse((await ask('a date')).body).error.message, /^All traffic is stopped/)
    assert.equal((await airs(['mode', 'off', '--message', 'x'])).code, 2)
    await airs(['mode', 'enforce', '--reason', 'over'])
    assert.deepEqual([(await ask('a date')).status, (await ask('a fig')).status], [200, 403])
  })

  test('change beside keys, quarantine and mode, 50 at once: all succeed, and say which ingresses have it', async () => {
    const json = (method: string, path: string, body: object) =>
      call(method, path, JSON.stringify(body), { 'content-type': 'application/json' })
    const kinds = [
      (n: number) => json('PUT', '/v1/mode', { mode: 'enforce', reason: `change ${n}` }),
      (n: number) => json('POST', '/v1/keys', { name: `key ${n}` }),
      (n: number) => json('PUT', `/v1/quarantine/sessions/session-${n}`, { reason: 'test' }),
      (n: number) => call('PUT', `/v1/policies/p${n}`, blockWord(`never${n}`).replace('no-word', `p${n}`)),
    ]
    const changes = Array.from({ length: 50 }, (_, n) => kinds[n % kinds.length]!(n))
    for (const { status, json } of await Promise.all(changes)) {
      assert.ok([200, 201].includes(status), JSON.stringify(json))
      // On a slow machine some of so many may take more than the two seconds after which the ingress is named, and not waited for.
      assert.deepEqual(json.ingresses.rejected, [])
    }
    await ingressHeardOf()
    for (const [n, change] of kinds.entries()) {
      const { status, json } = await change(50 + n)
      assert.ok([200, 201].includes(status), JSON.stringify(json))
      assert.deepEqual(json.ingresses, { activated: 1, pending: [], rejected: [] })
    }
    const { json: list } = await call('GET', '/v1/keys')
    const made = list.keys.filter(({ name }: { name: string }) => name.startsWith('key '))
    assert.equal(made.length, 14)
    const revoked = await call('DELETE', `/v1/keys/${made[0].keyId}`)
    assert.deepEqual(revoked.json.ingresses, { activated: 1, pending: [], rejected: [] })
    await Promise.all(
      made.slice(1).map(({ keyId }: { keyId: string }) => call('DELETE', `/v1/keys/${keyId}`)),
    )
  })

  test('and keys that no consumer could take are refused before they are recorded, with a sentence', async () => {
    const recorded = async () => {
      const path = '/v1/events?type=airs.key-created.v1&limit=1000'
      return (await control.json<{ events: unknown[] }>('GET', path)).events.length
    }
    await stack.settled()
    const before = await recorded()
    const body = JSON.stringify({ name: 'large', models: Array(60_000).fill('m'.repeat(20)) })
    const large = await call('POST', '/v1/keys', body, { 'content-type': 'application/json' })
    assert.deepEqual([large.status, large.json.error.code], [413, 'change_too_large'])
    assert.match(large.json.error.message, /\d+ bytes as an event, and \d+ is the most. Nothing was changed/)
    const many = await call('POST', '/v1/policies/validate', 'k: 1\n'.repeat(30_000))
    assert.deepEqual([many.status, many.json.error.code], [413, 'policy_too_complex'])
    const long = await call('PUT', '/v1/policies', `name: x\ndescription: ${'d'.repeat(300_000)}\n`)
    assert.equal(long.status, 413)
    assert.equal(await recorded(), before)
  })

  test('stay in force in an ingress that gets a set that it cannot use, and it says so', async (t) => {
    const bus = await connectBus({ url: stack.natsUrl, name: 'test' })
    const version = 1_000_000
    const odd = { name: 'odd', version: 1, document: 'name: odd\naction: explode\n' }
    const { json } = await call('GET', '/v1/policies')
    const entries = [...json.policies, odd].map(({ name, version, document }: typeof odd) => {
      return [entryNames.policies({ name }), JSON.stringify({ name, version, document })] as const
    })
    const set = createEntrySet(entries)
    let said = false
    t.after(() => bus.close())
    await until('the ingress to say so', async () => {
      if (!said) {
        const head = await findKey<PublishedHead>(bus, buckets.policy, entryNames.head)
        await putKey(bus, buckets.policy, entryNames.policies(odd), odd)
        await putKey(bus, buckets.policy, entryNames.head, {
          ...head,
          policies: { version, count: set.count, digest: set.digest() },
        })
      }
      const { ready, notes } = await readyz()
      assert.ok(ready)
      said = /cannot use policy set 1000000 .*action/s.test(notes?.policy ?? '')
      return said || undefined
    })
    assert.equal((await ask('a fig')).status, 403)
    await until('the event', async () => {
      const path = '/v1/events?type=airs.policy-set-rejected.v1'
      const { events } = await control.json<{ events: RecordedEvent[] }>('GET', path)
      return events.find(({ data }) => data.version === version)
    })
    await until('the set that is in force to be published again', async () =>
      (await readyz()).notes === undefined ? true : undefined,
    )
    assert.equal((await call('GET', '/v1/policies')).json.setVersion, json.setVersion)
  })

  test('stay in force in an ingress that starts with NATS down, and it says so', async () => {
    await stack.process('nats').stop()
    await stack.process('ingress').stop()
    await stack.process('ingress').start()
    await until('the ingress to be up', async () => (await readyz().catch(() => undefined)) && true)
    const { ready, notes } = await readyz()
    assert.ok(ready)
    assert.match(notes?.policy ?? '', /decides by the last known good policy set, version \d+/)
    const metrics = await (await fetch(`${stack.urls.ingress}/metrics`)).text()
    assert.match(metrics, /^airs_policy_last_known_good\S* 1/m)
    assert.match(metrics, /^airs_policy_set_version\{.*origin="last-known-good".*\} \d+/m)
    assert.equal((await ask('a fig')).status, 403)
    const { exchange } = await ask('a date')
    assert.match((await airs(['status'])).out, /ingress .*last known good policy set/)

    await stack.process('nats').start()
    await until('the policy service to be heard of', async () =>
      (await readyz()).notes === undefined ? true : undefined,
    )
    assert.equal((await control.events(exchange, 2)).length, 2)
  })
})
