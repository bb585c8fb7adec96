import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isOwnAddress } from './own-address.ts'

const interfaces = {
  eth0: [{ address: '10.0.0.7' }, { address: 'fd00::7' }],
} as unknown as Parameters<typeof isOwnAddress>[2]
const leadsBack = (baseUrl: string, host: string, port = 8080) =>
  isOwnAddress(baseUrl, { host, port }, interfaces, 'gateway-1')

describe('an upstream address', () => {
  for (const [baseUrl, host, isOwn] of [
    ['http://localhost:8080/v1', '127.0.0.1', true],
    ['http://127.0.0.1:8080', '127.0.0.1', true],
    ['http://[::1]:8080/v1', '127.0.0.1', true],
    ['http://localhost:8080/v1', '0.0.0.0', true],
    ['http://0.0.0.0:8080/v1', '127.0.0.1', true],
    ['http://10.0.0.7:8080/v1', '0.0.0.0', true],
    ['http://[fd00::7]:8080/v1', '::', true],
    ['http://GATEWAY-1:8080/v1', '0.0.0.0', true],
    ['http://10.0.0.7:8080/v1', '10.0.0.7', true],
    ['http://localhost:8081/v1', '127.0.0.1', false],
    ['http://10.0.0.8:8080/v1', '0.0.0.0', false],
    ['http://10.0.0.7:8080/v1', '127.0.0.1', false],
    ['https://api.openai.com/v1', '0.0.0.0', false],
  ] as const)
    test(`${baseUrl} ${isOwn ? 'is' : 'is not'} the ingress on ${host}:8080`, () =>
      assert.equal(leadsBack(baseUrl, host), isOwn))

  test('without a port is on its scheme’s', () => {
    assert.equal(leadsBack('https://localhost/v1', '127.0.0.1', 443), true)
    assert.equal(leadsBack('http://localhost/v1', '127.0.0.1', 80), true)
  })
})
