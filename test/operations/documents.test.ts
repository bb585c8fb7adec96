import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { createMockProvider } from '@airs-cp/providers'
import { parse } from 'yaml'
import { repositoryRoot } from '../../infra/local/data-directory.ts'
import { checkKubernetes } from '../support/check-kubernetes.ts'
import { type FencedBlock, fencedBlocks } from '../support/fenced-blocks.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { makeTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts'

const documents = ['docs/tutorial.md', 'docs/integration.md', 'docs/offboarding.md']
/** Documents whose links are checked, and whose commands are not run. */
const linked = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...globSync('docs/**/*.md', { cwd: repositoryRoot }),
]
const limitMs = 250_000
const run = promisify(execFile)
const read = (file: string) => readFileSync(join(repositoryRoot, file), 'utf8')

describe('the documents that a newcomer follows', () => {
  let directory: TemporaryDirectory
  let stack: Stack
  let env: NodeJS.ProcessEnv
  const provider = createServer(createMockProvider())
  before(async () => {
    directory = makeTemporaryDirectory()
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
    const upstream = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`
    stack = await startStack({
      dataDir: join(directory.path, 'data'),
      env: {
        AIRS_PROVIDER: 'openai',
        AIRS_OPENAI_BASE_URL: `${upstream}/v1`,
        AIRS_ANTHROPIC_BASE_URL: upstream,
      },
    })
    env = environmentOf(stack)
  })
  after(async () => {
    await stack?.stop()
    provider.close()
    provider.closeAllConnections()
    directory?.remove()
  })

  /** A person's shell: `airs` on the PATH, keys of providers, and a curl that fails when the answer is an error. */
  function environmentOf({ urls, token }: Stack): NodeJS.ProcessEnv {
    const home = join(directory.path, 'home')
    mkdirSync(join(home, 'bin'), { recursive: true })
    symlinkSync(join(repositoryRoot, 'libs/cli/bin/airs'), join(home, 'bin/airs'))
    writeFileSync(join(home, '.curlrc'), 'silent\nshow-error\nfail-with-body\n')
    const { AIRS_ENDPOINT: _, NO_COLOR: __, ...rest } = process.env
    return {
      ...rest,
      HOME: home,
      CURL_HOME: home,
      PATH: `${join(home, 'bin')}:${process.env.PATH}`,
      AIRS_URL: urls.console!,
      AIRS_TOKEN: token,
      OPENAI_API_KEY: 'sk-documents',
      ANTHROPIC_API_KEY: 'sk-ant-documents',
    }
  }

  const here = (text: string) =>
    text
      .replaceAll('http://localhost:8080', stack.urls.ingress!)
      .replaceAll('docker exec airs-cp-gateway ', '')

  async function checkBash(context: TestContext, { text }: FencedBlock): Promise<void> {
    const parsed = spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' })
    assert.equal(parsed.status, 0, parsed.stderr)
    for (const [, path] of text.matchAll(/--kustomize (\S+)/g))
      assert.ok(existsSync(join(repositoryRoot, path!, 'kustomization.yaml')), path)
    for (const [, container] of text.matchAll(/docker exec (\S+)/g))
      assert.match(read('docker-compose.yml'), new RegExp(`container_name: ${container}\\n`))
    const command = here(text)
    const needs = /\b(docker-compose|docker|kubectl|pip)\b/.exec(command)?.[1]
    if (needs) return context.skip(`is not run: it needs ${needs}`)
    const options = { env, cwd: directory.path, timeout: limitMs }
    await run('bash', ['-euo', 'pipefail', '-c', command], options)
  }

  async function checkJavaScript({ text }: FencedBlock): Promise<void> {
    const args = ['--input-type=module', '--eval', here(text)]
    const { stdout } = await run(process.execPath, args, { env, cwd: repositoryRoot, timeout: limitMs })
    assert.equal(stdout, 'Hello\n')
  }

  function checkPython(context: TestContext, { text }: FencedBlock): void {
    const { error, status, stderr } = spawnSync(
      'python3',
      ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'],
      {
        input: text,
        encoding: 'utf8',
      },
    )
    if (!error) assert.equal(status, 0, stderr)
    context.skip('is not run here: it needs packages of PyPI (npm run test:sdk has them)')
  }

  async function checkManifests(context: TestContext, { text }: FencedBlock): Promise<void> {
    if (parse(text).kind === 'Kustomization') return context.skip('is rendered by the test of the manifests')
    assert.equal(await checkKubernetes(text), '')
    assert.notEqual(await checkKubernetes(text.replace('containers:', 'container:')), '')
    context.skip('is not applied: it needs a cluster')
  }

  for (const document of documents)
    for (const block of fencedBlocks(read(document)))
      test(`${document}, line ${block.line}: ${block.language || 'a drawing'}`, async (context) => {
        if (block.language === 'bash') await checkBash(context, block)
        else if (block.language === 'js') await checkJavaScript(block)
        else if (block.language === 'python') checkPython(context, block)
        else if (block.language === 'yaml') await checkManifests(context, block)
        else assert.ok(['', 'text'].includes(block.language), 'this test knows no such language')
      })

  test('link to what is there', () => {
    for (const document of linked)
      for (const [, target] of read(document).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (target!.startsWith('https://')) continue
        const [path, anchor] = target!.split('#')
        const file = path ? join(dirname(document), path) : document
        assert.ok(existsSync(join(repositoryRoot, file)), `${document} links to ${target}`)
        if (anchor) assert.ok(anchorsOf(read(file)).includes(anchor), `${document} links to ${target}`)
      }
  })
})

/** As GitHub makes them of headings. */
function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  )
}
