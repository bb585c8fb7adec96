import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { createLogger } from '@airs-cp/runtime'
import { freePort } from '../../infra/local/free-port.ts'
import { readConsoleConfig } from '../../services/console/config.ts'
import { startConsole } from '../../services/console/console.ts'

test('a login link has the address at which people reach the console, where that is configured', async () => {
  const policy = createServer((_, response) =>
    response.end(JSON.stringify({ name: 'cli', role: 'exporter' })),
  ).listen(0, '127.0.0.1')
  await once(policy, 'listening')
  const policyUrl = `http://127.0.0.1:${(policy.address() as AddressInfo).port}`
  const linkWith = async (env: NodeJS.ProcessEnv) => {
    const port = await freePort()
    const config = readConsoleConfig({ AIRS_CONSOLE_PORT: String(port), AIRS_POLICY_URL: policyUrl, ...env })
    await using _console = await startConsole(config, createLogger('console', 'silent'))
    const origin = `http://127.0.0.1:${port}`
    const response = await fetch(`${origin}/session/links`, {
      method: 'POST',
      headers: { authorization: 'Bearer token' },
    })
    const { url } = (await response.json()) as { url: string }
    return { url: url.replace(/#code=.+$/, ''), origin }
  }
  try {
    const plain = await linkWith({})
    assert.equal(plain.url, `${plain.origin}/login`)
    for (const address of ['https://airs.example', 'https://airs.example/'])
      assert.equal((await linkWith({ AIRS_ALERT_CONSOLE_URL: address })).url, 'https://airs.example/login')
  } finally {
    policy.close()
  }
})
