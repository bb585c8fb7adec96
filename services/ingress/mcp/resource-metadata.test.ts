import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal } from '../admission/refusal.ts'
import { challengeOf } from './resource-metadata.ts'

test('a stranger is told where to be authorized, whatever host it names', () => {
  const refusal = new Refusal(401, 'invalid_token', 'The token has expired')
  const challenge = (host?: string) => challengeOf({ headers: { host } }, undefined, 'files', refusal)
  const metadata = '/.well-known/oauth-protected-resource/mcp/files'
  for (const host of ['localhost:8080', '[::1]:8080', 'tools.example.com'])
    assert.equal(
      challenge(host),
      `Bearer resource_metadata="http://${host}${metadata}", error="invalid_token"`,
    )
  for (const host of ['a b', '[', ':', 'a:b:c', '"', '']) assert.match(challenge(host), /^Bearer/, host)
})
