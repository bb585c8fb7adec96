import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { deadLetterServices } from '@airs-cp/client'
import { type Role, roleNames as roles, serviceOf } from '@airs-cp/control-api'
import { appendToken } from '../../libs/cli/append-token.ts'
import { sha256 } from '../../libs/runtime/auth.ts'
import { until } from '../support/control.ts'
import { rawRequest } from '../support/raw-request.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { makeTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts'

type Operation = { service: string; method: string; path: string; role: Role }

/** Least roles that must not be lowered by mistake; the other routes are held to what their OpenAPI says. */
const fixedRoles: Record<string, Role> = {
  'POST /v1/exports': 'exporter',
  'GET /v1/exports/{id}/download': 'exporter',
  'PUT /v1/policies': 'operator',
  'DELETE /v1/policies/{name}': 'operator',
  'PUT /v1/mode': 'operator',
  'POST /v1/keys': 'admin',
  'DELETE /v1/keys/{keyId}': 'admin',
}
const tokenOf = (role: Role) => `token-of-a-${role}`

describe('the boundary of the control APIs', () => {
  let stack: Stack
  let directory: TemporaryDirectory
  let tokensFile: string
  let operations: Operation[]
  /** Whoever asks here was led astray. */
  const elsewhere = createServer((_request, response) => void response.end('elsewhere'))
  const visits: string[] = []

  before(async () => {
    directory = makeTemporaryDirectory()
    tokensFile = join(directory.path, 'tokens.yaml')
    for (const role of roles)
      appendToken(tokensFile, { name: `a ${role}`, role, sha256: sha256(tokenOf(role)).toString('hex') })
    appendToken(tokensFile, {
      name: 'gone',
      role: 'admin',
      sha256: sha256('token-of-yesterday').toString('hex'),
      expiresAt: '2025-01-01T00:00:00Z',
    })
    elsewhere.on('connection', ({ remotePort }) => visits.push(String(remotePort)))
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
    stack = await startStack({
      dataDir: directory.path,
      env: { AIRS_TOKENS_FILE: tokensFile },
    })
    operations = await readOperations()
  })
  after(async () => {
    elsewhere.close()
    await stack?.stop()
    directory?.remove()
  })

  /** Every route that needs a token, as the console's document says, and the service behind it. */
  async function readOperations(): Promise<Operation[]> {
    const { paths } = (await (await fetch(`${stack.urls.console}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { 'x-airs-role'?: Role }>>
    }
    return Object.entries(paths)
      .filter(([path]) => path.startsWith('/v1/'))
      .flatMap(([path, methods]) =>
        path.includes('{service}')
          ? deadLetterServices.map((name) => [path.replace('{service}', name), methods] as const)
          : [[path, methods] as const],
      )
      .flatMap(([path, methods]) => {
        const [, , resource, rest] = path.split('/')
        const service = serviceOf(resource!, rest)!
        return Object.entries(methods).map(([method, { 'x-airs-role': role }]) => ({
          service,
          method: method.toUpperCase(),
          path,
          role: role!,
        }))
      })
  }

  async function ask(origin: string, { method, path }: Operation, authorization?: string) {
    // A receipt with its content needs a higher role than the route.
    const query = path.endsWith('/proof') ? '?redact=true' : ''
    const target = path.replace(/\{\w+\}/g, '01900000-0000-7000-8000-000000000000') + query
    const response = await fetch(origin + target, {
      method,
      headers: { ...(authorization !== undefined && { authorization }) },
    })
    // A live stream has no end.
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream')
    const text = isStream ? '' : await response.text()
    if (isStream) await response.body?.cancel()
    const code = text.startsWith('{"error"') ? (JSON.parse(text).error.code as string) : undefined
    return { status: response.status, code, headers: response.headers }
  }
  const origins = ({ service }: Operation) => [stack.urls[service]!, stack.urls.console!]

  test('every route of every service says which role it needs, and the fixed ones have theirs', () => {
    assert.ok(operations.length >= 20, `${operations.length} routes`)
    assert.deepEqual(
      operations.filter(({ role }) => !roles.includes(role)),
      [],
    )
    for (const [route, role] of Object.entries(fixedRoles))
      assert.equal(operations.find(({ method, path }) => `${method} ${path}` === route)?.role, role, route)
  })

  test('no route answers without a token, or to one that is unknown, malformed or expired', async () => {
    const attempts: [authorization: string | undefined, code: string][] = [
      [undefined, 'token_missing'],
      ['', 'token_missing'],
      ['Bearer', 'token_missing'],
      ['Bearer two words', 'token_missing'],
      [`Basic ${btoa(`admin:${tokenOf('admin')}`)}`, 'token_missing'],
      [tokenOf('admin'), 'token_missing'],
      ['Bearer wrong', 'token_unknown'],
      [`Bearer ${tokenOf('admin').slice(0, -1)}`, 'token_unknown'],
      [`Bearer ${sha256(tokenOf('admin')).toString('hex')}`, 'token_unknown'],
      ['Bearer token-of-yesterday', 'token_expired'],
    ]
    for (const operation of operations)
      for (const origin of origins(operation))
        for (const [authorization, code] of attempts) {
          const reply = await ask(origin, operation, authorization)
          const what = `${operation.method} ${operation.path} at ${origin} with "${authorization}"`
          assert.deepEqual([reply.status, reply.code], [401, code], what)
          assert.equal(reply.headers.get('www-authenticate'), 'Bearer')
        }
  })

  test('no route answers to a role that is too low, and each to the one that it needs', async () => {
    for (const operation of operations)
      for (const origin of origins(operation))
        for (const role of roles) {
          const reply = await ask(origin, operation, `Bearer ${tokenOf(role)}`)
          const what = `${operation.method} ${operation.path} at ${origin} as ${role}`
          if (roles.indexOf(role) < roles.indexOf(operation.role))
            assert.deepEqual([reply.status, reply.code], [403, 'role_missing'], what)
          else if (role === operation.role) assert.ok(![401, 403].includes(reply.status), what)
        }
  })

  test('who acted is recorded by the name of the token', async () => {
    const response = await fetch(`${stack.urls.console}/v1/exports`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tokenOf('exporter')}`, 'content-type': 'application/json' },
      body: '{}',
    })
    assert.equal(((await response.json()) as { actor: string }).actor, 'a exporter')
  })

  test('a token is admitted and revoked by changing the file, without a restart', async () => {
    const mode = { service: 'policy', method: 'GET', path: '/v1/mode', role: 'viewer' } as const
    const statusBecomes = (status: number) =>
      until(`status ${status}`, async () => {
        const reply = await ask(stack.urls.policy!, mode, 'Bearer token-of-a-newcomer')
        return reply.status === status || undefined
      })
    appendToken(tokensFile, {
      name: 'newcomer',
      role: 'viewer',
      sha256: sha256('token-of-a-newcomer').toString('hex'),
    })
    await statusBecomes(200)
    writeFileSync(tokensFile, 'tokens: []\n')
    await statusBecomes(401)
  })

  test('a token is not taken from the query or a cookie', async () => {
    const response = await fetch(
      `${stack.urls.console}/v1/mode?token=${stack.token}&access_token=${stack.token}`,
      {
        headers: { cookie: `token=${stack.token}` },
      },
    )
    assert.equal(response.status, 401)
  })

  test('answers forbid to be framed, sniffed, cached and to run anything', async () => {
    for (const service of [...deadLetterServices, 'console'])
      for (const path of ['/healthz', '/v1/nothing']) {
        const { headers } = await fetch(stack.urls[service] + path)
        assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'/)
        assert.equal(headers.get('x-content-type-options'), 'nosniff')
        assert.equal(headers.get('x-frame-options'), 'DENY')
        assert.equal(headers.get('cache-control'), 'no-store')
        assert.equal(headers.get('x-powered-by'), null)
      }
  })

  describe('a request does not choose where it goes:', () => {
    const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hello' }] })
    const address = () => `127.0.0.1:${(elsewhere.address() as AddressInfo).port}`
    const send = (origin: string, target: string, headers: string[], method = 'POST') =>
      rawRequest(
        origin,
        [
          `${method} ${target} HTTP/1.1`,
          ...headers,
          'Content-Type: application/json',
          `Content-Length: ${method === 'GET' ? 0 : Buffer.byteLength(body)}`,
          'Connection: close',
          '',
          method === 'GET' ? '' : body,
        ].join('\r\n'),
      )
    const chat = '/v1/chat/completions'
    const authorization = () => `Authorization: Bearer ${stack.token}`

    const atIngress: [name: string, replies: RegExp, target: () => string, headers: () => string[]][] = [
      ['by Host', /^HTTP\/1\.1 200 /, () => chat, () => [`Host: ${address()}`]],
      ['by a whole URL', /^HTTP\/1\.1 200 /, () => `http://${address()}${chat}`, () => ['Host: localhost']],
      [
        'by a path that looks like an authority',
        /^HTTP\/1\.1 404 /,
        () => `//${address()}${chat}`,
        () => ['Host: localhost'],
      ],
      ['by an @ in the path', /^HTTP\/1\.1 404 /, () => `/@${address()}${chat}`, () => ['Host: localhost']],
      ['by climbing', /^HTTP\/1\.1 404 /, () => `/v1/../../${address()}${chat}`, () => ['Host: localhost']],
      [
        'by a provider that is a URL',
        /^HTTP\/1\.1 400 [\s\S]*unknown_provider/,
        () => chat,
        () => ['Host: localhost', `X-AIRS-Provider: http://${address()}/v1`],
      ],
      [
        'by a property of every object as provider',
        /^HTTP\/1\.1 400 [\s\S]*unknown_provider/,
        () => chat,
        () => ['Host: localhost', 'X-AIRS-Provider: __proto__'],
      ],
      [
        'by forwarding headers',
        /^HTTP\/1\.1 200 /,
        () => chat,
        () => [
          'Host: localhost',
          `X-Forwarded-Host: ${address()}`,
          `Forwarded: host=${address()}`,
          `X-Original-URL: http://${address()}`,
        ],
      ],
    ]
    for (const [name, replies, target, headers] of atIngress)
      test(`${name}, at the ingress`, async () => {
        const reply = await send(stack.urls.ingress!, target(), headers())
        assert.match(reply, replies)
        assert.doesNotMatch(reply, /elsewhere/)
        assert.deepEqual(visits, [])
      })

    test('by CONNECT, at the ingress', async () => {
      const reply = await rawRequest(
        stack.urls.ingress!,
        `CONNECT ${address()} HTTP/1.1\r\nHost: ${address()}\r\n\r\n`,
      )
      assert.doesNotMatch(reply, /^HTTP\/1\.1 2/)
      assert.deepEqual(visits, [])
    })

    const atConsole: [name: string, target: () => string, headers: () => string[]][] = [
      ['by a whole URL', () => `http://${address()}/v1/mode`, () => [`Host: ${address()}`]],
      ['by Host', () => '/v1/mode', () => [`Host: ${address()}`]],
      ['by a path that looks like an authority', () => `//${address()}/v1/mode`, () => ['Host: localhost']],
      ['by a backslash', () => `/\\${address()}/v1/mode`, () => ['Host: localhost']],
      ['by a resource of every object', () => '/v1/constructor', () => ['Host: localhost']],
    ]
    for (const [name, target, headers] of atConsole)
      test(`${name}, at the console`, async () => {
        const reply = await send(stack.urls.console!, target(), [...headers(), authorization()], 'GET')
        assert.match(reply, /^HTTP\/1\.1 (?:200|404) /)
        assert.doesNotMatch(reply, /elsewhere/)
        assert.deepEqual(visits, [], 'the console asked somebody else, with a token')
      })
  })
})
