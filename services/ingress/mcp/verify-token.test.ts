import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import fc from 'fast-check'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { bearerToken, createTokenVerifier, identityOf } from './verify-token.ts'

const issuer = 'https://idp.example'
const resource = 'https://tools.example/mcp/files'

test('no token that differs from a signed one in a character is accepted', async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }
  const server = createServer((_request, response) => {
    response.end(JSON.stringify({ keys: [jwk] }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const verify = createTokenVerifier({
    ...{ issuer, audience: undefined, algorithms: ['ES256'], clockSkewSeconds: 0, scopes: [] },
    jwksUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    claims: { user: 'sub' },
  })
  const token = await new SignJWT({ sub: 'ann' })
    .setProtectedHeader({ alg: 'ES256', kid: 'one' })
    .setIssuer(issuer)
    .setAudience(resource)
    .setExpirationTime('5m')
    .sign(privateKey)
  assert.equal((await verify(token, resource)).user, 'ann')
  await assert.rejects(verify(token, `${resource}2`), /"aud"/)
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  await fc.assert(
    // The last characters of a part may have bits that say nothing.
    fc.asyncProperty(
      fc.nat({ max: token.length - 3 }),
      fc.constantFrom(...alphabet),
      async (at, character) => {
        if (token[at] === character || ['.', undefined].includes(token[at]) || token[at + 1] === '.') return
        const changed = `${token.slice(0, at)}${character}${token.slice(at + 1)}`
        await assert.rejects(verify(changed, resource), { name: 'Error' })
      },
    ),
  )
  server.close()
})

test('a bearer token is what has three parts; a client key is none', () => {
  const of = (authorization: string) => bearerToken({ headers: { authorization } })
  assert.equal(of('Bearer a.b.c'), 'a.b.c')
  assert.equal(of('bearer a.b.c'), 'a.b.c')
  for (const other of ['Bearer airs_0123', 'Basic a.b.c', 'Bearer a.b', 'Bearer a.b.', 'a.b.c'])
    assert.equal(of(other), undefined)
})

test('claims say who calls, bounded, whatever their form', () => {
  const claims = { user: 'sub', agent: 'azp', tags: 'groups' }
  const read = (payload: Record<string, unknown>) => identityOf(payload, { issuer, claims })
  assert.deepEqual(read({ sub: 'ann', azp: 'bot', groups: 'a b,c' }), {
    ...{ issuer, user: 'ann', agent: 'bot', tags: ['a', 'b', 'c'] },
  })
  assert.deepEqual(read({ sub: 'ann', groups: ['a', 7, ''] }).tags, ['a'])
  const many = Array.from({ length: 100 }, (_, index) => `${index}`.repeat(500))
  const { tags } = read({ sub: 'ann', groups: many })
  assert.ok(tags.length < 32 && tags.every((tag) => tag.length <= 256))
  for (const sub of [undefined, '', 7, ['ann']]) assert.throws(() => read({ sub }), /names nobody/)
})
