import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { freePort } from '../../infra/local/free-port.ts'
import { controlOf, type RecordedEvent, until } from '../support/control.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { makeTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts'
import { startConformanceServer } from './conformance-server.ts'
import { pythonMajors, pythonOf } from './python-judges.ts'
import { startSecondMajorServer } from './second-major-server.ts'

const packages = join(import.meta.dirname, 'node_modules')
const everything = join(packages, '@modelcontextprotocol/server-everything/dist/index.js')
const inspector = join(packages, '.bin/mcp-inspector')
const conformance = join(packages, '@modelcontextprotocol/conformance/dist/index.js')
const cli = join(import.meta.dirname, '../../libs/cli/main.ts')
const run = promisify(execFile)
const pythonMissing = process.env.AIRS_MCP_PYTHON_MISSING ?? false
const withoutProxy = { NO_PROXY: '127.0.0.1,localhost', no_proxy: '127.0.0.1,localhost' }

/** Clients and servers that nobody here wrote, as they are published, with the gateway between them. */
describe('clients and servers of others', () => {
  let stack: Stack
  let directory: TemporaryDirectory
  let bridge: ChildProcess
  const servers: ChildProcess[] = []
  const ownServers: { url: string; stop(): Promise<void> }[] = []
  let direct: string
  let url: string

  before(async () => {
    const port = await freePort()
    servers.push(
      spawn(process.execPath, [everything, 'streamableHttp'], {
        env: { ...process.env, PORT: String(port) },
        stdio: 'ignore',
      }),
    )
    const pythonPorts = new Map<string, number>()
    for (const major of pythonMissing ? [] : pythonMajors) {
      const own = await freePort()
      pythonPorts.set(major, own)
      const script = join(import.meta.dirname, 'python', 'server.py')
      servers.push(spawn(pythonOf(major), [script, String(own)], { stdio: 'ignore' }))
    }
    ownServers.push(await startConformanceServer(), await startSecondMajorServer())
    const [forConformance, secondMajor] = ownServers
    bridge = spawn(
      process.execPath,
      [cli, '--json', 'mcp', 'run', 'over-stdio', '--port', '0', '--', process.execPath, everything, 'stdio'],
      { env: { ...process.env, AIRS_MCP_TOKEN: 'of the gateway' }, stdio: ['ignore', 'pipe', 'ignore'] },
    )
    const [line] = await once(createInterface(bridge.stdout!), 'line')
    const { url: bridged } = JSON.parse(line) as { url: string }
    directory = makeTemporaryDirectory()
    const file = join(directory.path, 'mcp.yaml')
    direct = `http://127.0.0.1:${port}/mcp`
    writeFileSync(
      file,
      `servers:
  everything:
    url: ${direct}
  over-stdio:
    url: ${bridged}
    credentialVariable: BRIDGE_TOKEN
  without-credential:
    url: ${bridged}
  for-conformance:
    url: ${forConformance!.url}
  typescript-2:
    url: ${secondMajor!.url}
  typescript-2-with-handshake:
    url: ${secondMajor!.url}
    revision: 2025-11-25
${[...pythonPorts].map(([major, own]) => `  python-${major}: { url: http://127.0.0.1:${own}/mcp }\n`).join('')}
  python-2-with-handshake:
    url: http://127.0.0.1:${pythonPorts.get('2') ?? 9}/mcp
    revision: 2025-11-25
`,
    )
    stack = await startStack({ env: { AIRS_MCP_FILE: file, BRIDGE_TOKEN: 'of the gateway' } })
    url = `${stack.urls.ingress}/mcp/everything`
    for (const address of [direct, ...[...pythonPorts.values()].map((own) => `http://127.0.0.1:${own}/mcp`)])
      await until(`the server at ${address}`, async () => {
        const response = await fetch(address).catch(() => undefined)
        await response?.body?.cancel()
        return response && true
      })
  })
  after(async () => {
    await stack?.stop()
    for (const server of servers) server.kill()
    for (const server of ownServers) await server.stop()
    bridge?.kill()
    directory?.remove()
  })

  async function judge(sdk: string, how: 'http' | 'connect' = 'http', name = 'everything'): Promise<void> {
    const { Client, StreamableHTTPClientTransport, StdioClientTransport } = await clientOf(sdk)
    const transport =
      how === 'http'
        ? new StreamableHTTPClientTransport(new URL(`${stack.urls.ingress}/mcp/${name}`))
        : new StdioClientTransport({
            command: process.execPath,
            args: [cli, 'mcp', 'connect', name],
            env: { ...process.env, AIRS_ENDPOINT: stack.urls.ingress },
          })
    const client = new Client(
      { name: 'judge', version: '1' },
      { capabilities: { elicitation: {}, sampling: {} } },
    )
    await client.connect(transport)
    const { tools } = await client.listTools()
    assert.ok(tools.some(({ name }: { name: string }) => name === 'echo'))
    const echoed = await client.callTool({ name: 'echo', arguments: { message: 'hello' } })
    assert.match(echoed.content[0].text, /hello/)
    const { resources } = await client.listResources()
    const read = await client.readResource({ uri: resources[0].uri })
    assert.equal(read.contents.length > 0, true)
    const { prompts } = await client.listPrompts()
    assert.ok(prompts.length > 0)
    await client.close()
  }

  test('the TypeScript SDK of the first major', () => judge('sdk'))
  test('the TypeScript SDK of the second major', () => judge('client'))

  for (const sdk of ['sdk', 'client']) {
    test(`a server that speaks stdio, by airs mcp run: ${sdk}`, () => judge(sdk, 'http', 'over-stdio'))
    test(`a client and a server that speak stdio: ${sdk}`, () => judge(sdk, 'connect', 'over-stdio'))
  }

  test('what airs mcp run serves is for the gateway alone', async () => {
    const response = await fetch(`${stack.urls.ingress}/mcp/without-credential`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
    })
    assert.match(await response.text(), /refuses the credential of this gateway \(status 401\)/)
  })

  test('the inspector', async () => {
    const { stdout } = await run(
      process.execPath,
      [inspector, '--cli', url, '--transport', 'http', '--method', 'tools/list'],
      { timeout: 60_000 },
    )
    assert.match(stdout, /"echo"/)
  })

  test('the official conformance suite, all of it', async () => {
    const { stdout } = await run(
      process.execPath,
      [conformance, 'server', '--url', `${stack.urls.ingress}/mcp/for-conformance`, '--suite', 'all'],
      { timeout: 120_000 },
    ).catch((error: { stdout: string }) => error)
    const [, summary = stdout] = stdout.split('=== SUMMARY ===')
    assert.match(summary, /Total: \d\d passed, 0 failed/, summary)
  })

  type Seen = Record<'url' | 'revision' | 'echo' | 'asked' | 'resource' | 'error', string> & {
    tools: string[]
    failed: boolean
    prompts: number
  }

  for (const [major, mode, revision] of [
    ['1', 'legacy', '2025-11-25'],
    ['2', 'legacy', '2025-11-25'],
    ['2', 'auto', '2026-07-28'],
    ['2', '2026-07-28', '2026-07-28'],
  ] as const)
    test(`PyPI's mcp ${major} as a client, mode ${mode}, with servers of every SDK`, {
      skip: pythonMissing,
    }, async () => {
      const names = [
        ...['everything', 'over-stdio', 'typescript-2', 'typescript-2-with-handshake'],
        ...['python-1', 'python-2', 'python-2-with-handshake'],
      ]
      const urls = names.map((name) => `${stack.urls.ingress}/mcp/${name}`)
      const { stdout } = await run(
        pythonOf(major),
        [join(import.meta.dirname, 'python', 'client.py'), mode, ...urls],
        { timeout: 150_000, env: { ...process.env, ...withoutProxy } },
      )
      const seen = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Seen)
      assert.equal(seen.length, names.length)
      for (const [index, one] of seen.entries()) {
        const name = names[index]!
        assert.equal(one.error, undefined, `${name}: ${one.error}`)
        assert.equal(one.revision, revision, name)
        assert.match(one.echo, /hello/, name)
        assert.ok(one.prompts > 0, name)
        assert.ok(one.resource.length > 0, name)
        if (one.tools.includes('fail')) assert.equal(one.failed, true, name)
        if (name.startsWith('python')) assert.equal(one.asked, 'accept: blue', name)
      }
    })

  for (const sdk of ['sdk', 'client'])
    for (const name of ['typescript-2', 'typescript-2-with-handshake', 'python-1', 'python-2'])
      test(
        `${name}, by the TypeScript SDK ${sdk}`,
        {
          skip: name.startsWith('python') && pythonMissing,
        },
        () => judge(sdk, 'http', name),
      )

  test('every request of theirs has one outcome', async () => {
    const control = controlOf(stack)
    await stack.settled()
    const exported = (await control.exportEvents())
      .toString()
      .trim()
      .split('\n')
      .map((row) => JSON.parse(row) as RecordedEvent)
    const opened = exported.filter(({ type, data }) => type === 'airs.request-received.v1' && data.mcp)
    const ended = Map.groupBy(
      exported.filter(({ type }) => type.startsWith('airs.response-')),
      ({ exchange }) => exchange,
    )
    assert.ok(opened.length > 20)
    const open = opened.filter(
      ({ exchange, data }) => ended.get(exchange)?.length !== 1 && data.mcp.kind !== 'stream',
    )
    assert.deepEqual(
      open.map(({ data }) => data.mcp),
      [],
    )
  })
})

// biome-ignore lint/suspicious/noExplicitAny: two packages with one interface, installed by this suite alone
async function clientOf(sdk: string): Promise<any> {
  const base = join(packages, '@modelcontextprotocol', sdk, 'dist')
  if (sdk === 'client') {
    const [client, stdio] = await Promise.all([
      import(join(base, 'index.mjs')),
      import(join(base, 'stdio.mjs')),
    ])
    return { ...client, ...stdio }
  }
  const [{ Client }, { StreamableHTTPClientTransport }, { StdioClientTransport }] = await Promise.all([
    import(join(base, 'esm/client/index.js')),
    import(join(base, 'esm/client/streamableHttp.js')),
    import(join(base, 'esm/client/stdio.js')),
  ])
  return { Client, StreamableHTTPClientTransport, StdioClientTransport }
}
