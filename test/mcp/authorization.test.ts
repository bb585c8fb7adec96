import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { controlOf, type RecordedEvent } from '../support/control.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { makeTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts'
import { startScriptedServer } from './scripted-server.ts'

const issuer = 'https://idp.example'
const audience = 'https://tools.example/mcp/scripted'
const skewSeconds = 20
const seconds = () => Math.floor(Date.now() / 1_000)

describe('authorization of the MCP gateway', () => {
  let stack: Stack
  let control: ReturnType<typeof controlOf>
  let tools: Awaited<ReturnType<typeof startScriptedServer>>
  let directory: TemporaryDirectory
  let keySet: Server
  let pair: Awaited<ReturnType<typeof generateKeyPair>>
  let isKeySetUp = false

  before(async () => {
    pair = await generateKeyPair('RS256')
    const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'RS256' }
    keySet = createServer((_request, response) => {
      if (!isKeySetUp) return void response.writeHead(500).end()
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: [jwk] }))
    }).listen(0, '127.0.0.1')
    await once(keySet, 'listening')
    tools = await startScriptedServer()
    directory = makeTemporaryDirectory()
    const file = join(directory.path, 'mcp.yaml')
    writeFileSync(
      file,
      `publicUrl: https://tools.example
authorization:
  issuer: ${issuer}
  jwksUrl: http://127.0.0.1:${(keySet.address() as AddressInfo).port}/keys
  algorithms: [RS256]
  clockSkewSeconds: ${skewSeconds}
  scopes: [tools]
  claims: { user: email, agent: client_id, tags: groups }
servers:
  scripted: { url: "${tools.url}", credentialVariable: SCRIPTED_TOKEN }
  private: { url: "${tools.url}", callers: [somebody@else.example] }
`,
    )
    stack = await startStack({
      env: { AIRS_MODE: 'enforce', AIRS_MCP_FILE: file, SCRIPTED_TOKEN: 'of the gateway' },
    })
    control = controlOf(stack)
  })
  after(async () => {
    await stack?.stop()
    await tools?.stop()
    keySet?.close()
    directory?.remove()
  })

  const claims = (): JWTPayload => ({
    iss: issuer,
    aud: audience,
    exp: seconds() + 300,
    email: 'ann@example.org',
    client_id: 'release-bot',
    groups: ['platform', 'on-call'],
    scope: 'profile tools',
  })
  const sign = (payload: JWTPayload, key = pair.privateKey) =>
    new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: 'one' }).sign(key)

  async function call(credential: string | undefined, server = 'scripted') {
    const response = await fetch(`${stack.urls.ingress}/mcp/${server}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'x-airs-agent': 'whoever-i-say',
        'x-airs-tags': 'forged',
        ...(credential !== undefined && { authorization: `Bearer ${credential}` }),
      },
      body: JSON.stringify({
        ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
        params: { name: 'echo', arguments: { text: 'hello' } },
      }),
    })
    // biome-ignore lint/suspicious/noExplicitAny: any message of JSON-RPC
    const json = (await response.json()) as any
    return { status: response.status, json, headers: response.headers }
  }

  test('a stranger reads where to be authorized, and the metadata names the issuer', async () => {
    const { status, json, headers } = await call(undefined)
    assert.equal(status, 401)
    assert.equal(json.error.code, -32011)
    const metadata = 'https://tools.example/.well-known/oauth-protected-resource/mcp/scripted'
    assert.equal(headers.get('www-authenticate'), `Bearer resource_metadata="${metadata}"`)
    const served = await fetch(`${stack.urls.ingress}${new URL(metadata).pathname}`)
    assert.deepEqual(await served.json(), {
      resource: audience,
      resource_name: 'MCP server scripted, through AIRS-CP',
      bearer_methods_supported: ['header'],
      authorization_servers: [issuer],
      scopes_supported: ['tools'],
    })
    const unknown = await fetch(`${stack.urls.ingress}/.well-known/oauth-protected-resource/mcp/none`)
    assert.equal(unknown.status, 404)
  })

  test('without the keys of the issuer nobody is admitted, and that is said', async () => {
    const { status, json } = await call(await sign(claims()))
    assert.equal(status, 503)
    assert.match(json.error.message, /keys of the issuer cannot be fetched/)
    isKeySetUp = true
  })

  test('a token is admitted: it says who calls, whatever the headers say, and never reaches the server', async () => {
    const token = await sign(claims())
    const { status, json } = await call(token)
    assert.equal(status, 200, JSON.stringify(json))
    assert.equal(json.result.content[0].text, 'hello')
    const { headers } = tools.received.at(-1)!
    assert.equal(headers.authorization, 'Bearer of the gateway')
    assert.ok(!JSON.stringify(headers).includes(token.slice(-20)))
    const renewed = await call(await sign({ ...claims(), exp: seconds() + 600 }))
    assert.equal(renewed.status, 200)
    await stack.settled()
    const { events } = await control.json<{ events: (RecordedEvent & { caller?: string })[] }>(
      'GET',
      '/v1/events?type=airs.request-received.v1',
    )
    assert.equal(events.length, 2)
    assert.equal(events[0]!.caller, events[1]!.caller)
    for (const { data } of events) {
      assert.equal(data.agent, 'release-bot')
      assert.deepEqual(data.tags, ['platform', 'on-call', 'user:ann@example.org'])
    }
    assert.ok(!(await control.exportEvents()).includes(token))
  })

  test('whatever else is signed, or by whom, is refused', async () => {
    const other = await generateKeyPair('RS256')
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims())).toString('base64url')}.`
    const publicKey = createSecretKey(Buffer.from(await exportSPKI(pair.publicKey)))
    const wrong = {
      expired: await sign({ ...claims(), exp: seconds() - skewSeconds - 5 }),
      'not yet valid': await sign({ ...claims(), nbf: seconds() + skewSeconds + 60 }),
      'without an end': await sign({ ...claims(), exp: undefined }),
      'for another audience': await sign({ ...claims(), aud: 'https://tools.example/mcp/private' }),
      'of another issuer': await sign({ ...claims(), iss: 'https://evil.example' }),
      'of nobody': await sign({ ...claims(), email: undefined }),
      'signed by another': await sign(claims(), other.privateKey),
      'signed with the public key as a secret': await new SignJWT(claims())
        .setProtectedHeader({ alg: 'HS256', kid: 'one' })
        .sign(publicKey),
      'signed with another algorithm': await new SignJWT(claims())
        .setProtectedHeader({ alg: 'PS256', kid: 'one' })
        .sign((await generateKeyPair('PS256')).privateKey),
    }
    const received = tools.received.length
    for (const [what, token] of Object.entries(wrong)) {
      const { status, headers } = await call(token)
      assert.equal(status, 401, what)
      assert.match(headers.get('www-authenticate') ?? '', /error="invalid_token"/, what)
    }
    assert.equal((await call(unsigned)).status, 401)
    const lacking = await call(await sign({ ...claims(), scope: 'profile' }))
    assert.equal(lacking.status, 403)
    assert.match(lacking.json.error.message, /lacks the scope tools/)
    assert.equal(tools.received.length, received)
    const late = await sign({ ...claims(), exp: seconds() - 2 })
    assert.equal((await call(late)).status, 200, 'clocks may differ')
  })

  test('a server may be for some callers alone, and client keys are admitted as before', async () => {
    const token = await sign({ ...claims(), aud: 'https://tools.example/mcp/private' })
    assert.equal((await call(token, 'private')).status, 403)
    const { key } = await control.json<{ key: string }>('POST', '/v1/keys', { name: 'agent-a' })
    assert.equal((await call(key)).status, 200)
  })
})
