import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import { openApi } from '@airs-cp/control-api'
import { controlOf, until } from '../support/control.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { makeTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts'

const root = join(import.meta.dirname, '..', '..')
const bin = process.env.AIRS_API_TOOLS
if (!bin) throw new Error('These tests need their tools: npm run test:api')

/** Seconds that schemathesis may spend; it reports what it has found until then. */
const searchSeconds = 120
const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
  'response_headers_conformance',
  'unsupported_method',
  'ignored_auth',
]
const policy = `
name: no-cards
mode: enforce
direction: request
detectors: [{ detector: pii, types: [CREDIT_CARD] }]
action: block
`

describe('the control APIs, as generated requests find them,', () => {
  let stack: Stack
  let directory: TemporaryDirectory

  before(async () => {
    directory = makeTemporaryDirectory()
    stack = await startStack({
      dataDir: join(directory.path, 'data'),
    })
    await fillStack(stack)
  })
  after(async () => {
    await stack?.stop()
    directory?.remove()
  })

  test('are described by a document that is valid', async () => {
    const { code, output } = await run('openapi-spec-validator', [
      '--schema',
      '3.1',
      join(root, 'docs/openapi.json'),
    ])
    assert.equal(code, 0, output)
  })

  test('send nothing that the document does not describe, and fail at nothing', async () => {
    const file = join(directory.path, 'openapi.json')
    writeFileSync(file, JSON.stringify(openApi({ version: 'closed', closed: true })))
    const { code, output } = await run('schemathesis', [
      'run',
      file,
      ...['--url', stack.urls.console!],
      ...['--header', `Authorization: Bearer ${stack.token}`],
      ...['--checks', checks.join(',')],
      ...['--phases', 'examples,coverage,fuzzing'],
      ...['--max-examples', '10'],
      ...['--request-timeout', '60'],
      ...['--max-time', String(searchSeconds)],
      ...['--seed', '1'],
      '--continue-on-failure',
      '--no-color',
    ])
    assert.equal(code, 0, output)
    console.log(output.trim().split('\n').slice(-25).join('\n'))
  })
})

/** Something of everything, so that lists are not empty: exchanges, a policy, a key, a quarantine, an export. */
async function fillStack(stack: Stack): Promise<void> {
  const { json, applyPolicy } = controlOf(stack)
  await applyPolicy(policy)
  for (const content of ['hello', 'my card is 4111 1111 1111 1111'])
    await (
      await fetch(`${stack.urls.ingress}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-session-id': 'a-session' },
        body: JSON.stringify({ model: 'mock', messages: [{ role: 'user', content }] }),
      })
    ).text()
  await until('the session in lineage', async () => {
    const { sessions } = await json<{ sessions: object[] }>('GET', '/v1/sessions')
    return sessions.length > 0 || undefined
  })
  await json('POST', '/v1/keys', { name: 'app', requestsPerMinute: 10 })
  await json('PUT', '/v1/quarantine/sessions/another', { reason: 'test' })
  await json('POST', '/v1/exports', {})
  await json('POST', '/v1/backtests', { policies: policy })
  await json('POST', '/v1/lineage/rebuilds')
}

async function run(program: string, args: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(join(bin!, program), args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, SCHEMATHESIS_HOOKS: join(import.meta.dirname, 'hooks.py') },
  })
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve))
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
  return { code, output: stdout + stderr }
}
