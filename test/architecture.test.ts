import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '..')

/** What each library may import of ours. Services may import every library and no service. */
const allowed: Record<string, string[]> = {
  events: [],
  files: [],
  journal: ['events', 'files'],
  postgres: [],
  bus: ['events', 'postgres'],
  detectors: [],
  'policy-engine': ['detectors', 'events'],
  providers: ['events'],
  mcp: [],
  'second-stage': [],
  runtime: ['control-api', 'events'],
  'transparency-log': [],
  evidence: ['events', 'transparency-log'],
  manifest: ['events', 'evidence', 'transparency-log'],
  archive: ['events'],
  'control-api': ['events', 'manifest'],
  client: ['control-api', 'events', 'manifest'],
  cli: ['archive', 'client', 'control-api', 'events', 'evidence', 'files', 'manifest', 'transparency-log'],
  'sdk-typescript': ['client', 'files', 'manifest'],
}

/** Which room of the ingress may import which. Its types are in `exchange.ts`, which all may import and which imports none. */
const rooms: Record<string, string[]> = {
  shipping: [],
  controls: [],
  decision: [],
  recording: ['controls', 'decision', 'shipping'],
  admission: ['controls', 'recording', 'shipping'],
  routing: ['admission'],
  upstream: ['admission', 'recording', 'routing'],
  delivery: ['admission', 'recording', 'upstream'],
  telemetry: ['controls', 'shipping'],
  mcp: ['admission', 'controls', 'decision', 'recording', 'routing', 'upstream', 'delivery', 'telemetry'],
  workers: [],
}

/** Packages that only one library may import, and types of them nobody else. */
const owners: [prefix: string, owner: string][] = [
  ['@nats-io/', 'libs/bus'],
  ['pg', 'libs/postgres'],
  ['pino', 'libs/runtime'],
]

/** Static imports and re-exports, bare imports, and dynamic ones. */
const importPattern = /(?:^(?:import|export)\s[^'"=(]*?\sfrom\s+|^import\s+|\bimport\()['"]([^'"]+)['"]/gm

type Import = { file: string; from: string }

const read = (file: string) => readFileSync(join(root, file), 'utf8')
const isTest = (path: string) => path.endsWith('.test.ts') || path.endsWith('.testing.ts')
const imports: Import[] = importsOf(['libs/**/*.ts', 'services/**/*.ts', 'services/**/*.tsx']).filter(
  ({ file }) => !isTest(file),
)

function importsOf(patterns: string[]): Import[] {
  const files = globSync(patterns, { cwd: root, exclude: (path) => path.includes('node_modules') })
  return files.flatMap((file) =>
    [...read(file).matchAll(importPattern)].map(([, from]) => ({
      file,
      from: from!,
    })),
  )
}

/** Files that call each other by the nature of what they do; every other circle is a type or a function in the wrong file. */
const mutualRecursion: Record<string, string[]> = {
  'a condition is a tree: its calls and comprehensions hold nodes again': [
    'libs/policy-engine/condition/calls.ts',
    'libs/policy-engine/condition/compile-node.ts',
    'libs/policy-engine/condition/comprehensions.ts',
  ],
  'the completion of a shell describes the whole program, of which it is a command': [
    'libs/cli/commands.ts',
    'libs/cli/commands/completion.ts',
    'libs/cli/program.ts',
  ],
}

/** Built to static files: what they import is not there when they run. */
const pages = 'services/console/web'

const unitOf = (file: string) => file.split('/').slice(0, 2).join('/')

function violations(wrong: (one: Import) => boolean): string[] {
  return imports.filter(wrong).map(({ file, from }) => `${file} imports ${from}`)
}

test('there are imports to look at', () => {
  assert.ok(imports.length > 200)
})

test('libraries import only libraries below them', () => {
  const wrong = violations(({ file, from }) => {
    const [kind, name] = file.split('/')
    const ours = /^@airs-cp\/(.+)$/.exec(from)?.[1]
    return kind === 'libs' && ours !== undefined && ours !== name && !allowed[name!]?.includes(ours)
  })
  assert.deepEqual(wrong, [])
})

test('no service imports a service', () => {
  assert.deepEqual(
    violations(({ file, from }) => file.startsWith('services/') && /^@airs-cp\/.+-service$/.test(from)),
    [],
  )
})

test('relative imports stay within their library or service', () => {
  const wrong = violations(
    ({ file, from }) => from.startsWith('.') && unitOf(join(file, '..', from)) !== unitOf(file),
  )
  assert.deepEqual(wrong, [])
})

test('each client of a server has one importer', () => {
  const wrong = violations(({ file, from }) =>
    owners.some(
      ([prefix, owner]) =>
        (from === prefix || from.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`)) &&
        unitOf(file) !== owner,
    ),
  )
  assert.deepEqual(wrong, [])
})

test('every package that is imported is declared where it is imported', () => {
  const wrong = violations(({ file, from }) => {
    if (from.startsWith('.') || from.startsWith('node:') || from.startsWith('@airs-cp/')) return false
    const name = from
      .split('/')
      .slice(0, from.startsWith('@') ? 2 : 1)
      .join('/')
    const isBuilt = file.startsWith(`${pages}/`)
    const manifest = JSON.parse(
      readFileSync(join(root, isBuilt ? pages : unitOf(file), 'package.json'), 'utf8'),
    )
    const declared = { ...manifest.dependencies, ...manifest.peerDependencies }
    return !(name in (isBuilt ? manifest.devDependencies : declared))
  })
  assert.deepEqual(wrong, [])
})

test('only the library of the wire formats asks which format it is', () => {
  const ids = globSync('libs/providers/formats/*/format.ts', { cwd: root }).flatMap((file) =>
    [...read(file).matchAll(/^ {2}id: '([^']+)'/gm)].map(([, id]) => id!),
  )
  assert.ok(ids.length >= 9)
  const named = globSync(['libs/**/*.ts', 'services/**/*.ts'], { cwd: root }).filter(
    (file) =>
      !file.includes('node_modules') &&
      !file.startsWith('libs/providers/') &&
      !/\.(?:test|testing)\.ts$/.test(file) &&
      ids.some((id) => readFileSync(join(root, file), 'utf8').includes(`'${id}'`)),
  )
  assert.deepEqual(named, [])
})

test('imports run in no circles, those of types and tests included', () => {
  const graph = new Map<string, string[]>()
  for (const { file, from } of [...imports, ...importsOf(['infra/**/*.ts', 'test/**/*.ts'])])
    if (from.startsWith('.')) graph.set(file, [...(graph.get(file) ?? []), fileOf(join(dirname(file), from))])
  assert.deepEqual(circles(graph), Object.values(mutualRecursion).toSorted())
})

test('the rooms of the ingress import only rooms below them, and the nouns of an exchange', () => {
  const roomOf = (path: string) => /^services\/ingress\/([^/]+)\//.exec(path)?.[1]
  const wrong = violations(({ file, from }) => {
    if (!file.startsWith('services/ingress/') || !from.startsWith('.')) return false
    const imported = join(dirname(file), from)
    const [room, other] = [roomOf(file), roomOf(imported)]
    if (room === undefined) return file === 'services/ingress/exchange.ts' && other !== undefined
    if (!(room in rooms)) return true
    return other === undefined
      ? imported !== 'services/ingress/exchange.ts'
      : other !== room && !rooms[room]!.includes(other)
  })
  assert.deepEqual(wrong, [])
})

test('the way of an exchange is read in one go: the pipeline stays under 250 lines', () => {
  const lines = readFileSync(join(root, 'services/ingress/pipeline.ts'), 'utf8').split('\n').length - 1
  assert.ok(lines < 250, `${lines} lines`)
})

/** What is published imports files by the name that they have when they are built. */
function fileOf(path: string): string {
  return existsSync(join(root, path)) ? path : path.replace(/\.js$/, '.ts')
}

/** The sets of files of which each reaches every other one (Tarjan's strongly connected components), sorted. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = []
  const order = new Map<string, number>()
  const path: string[] = []
  const visit = (file: string): number => {
    const index = order.size
    order.set(file, index)
    path.push(file)
    let lowest = index
    for (const next of graph.get(file) ?? [])
      if (!order.has(next)) lowest = Math.min(lowest, visit(next))
      else if (path.includes(next)) lowest = Math.min(lowest, order.get(next)!)
    if (lowest === index) {
      const component = path.splice(path.indexOf(file))
      if (component.length > 1) found.push(component.toSorted())
    }
    return lowest
  }
  for (const file of graph.keys()) if (!order.has(file)) visit(file)
  return found.toSorted()
}

/** Functions that are made once for a process, a policy or a link to a server, and two for texts that are scanned in slices. */
const innerGenerators = [
  'libs/detectors/pattern/pattern-test.ts: matchesAny',
  'libs/detectors/spelled-tags.ts: slices',
  'libs/policy-engine/find.ts: findInSlices',
  'libs/policy-engine/find.ts: scanInSlices',
  'libs/policy-engine/scan-cache.ts: findInSlices',
  'libs/policy-engine/tool-calls/tool-call-rule.ts: judgeArguments',
  'services/ingress/mcp/judge-message.ts: judgeInSlices',
  'services/ingress/mcp/link-to-handshake.ts: translatedFrames',
  'services/ingress/mcp/link-to-stateless.ts: frames',
  'services/ingress/mcp/link.ts: frames',
]

/**
 * V8 makes a hidden class for each generator function that is called. Where one is made for each exchange, code that has met
 * many is slow, and what they leave waits for a full collection: a quarter more CPU and 150 MiB in the ingress.
 */
test('no generator function is made within a function on the way of an exchange', () => {
  const libraries = '{detectors,events,journal,mcp,policy-engine,providers,runtime}'
  const files = globSync([`libs/${libraries}/**/*.ts`, 'services/ingress/**/*.ts'], {
    cwd: root,
    exclude: (path) => path.includes('node_modules') || path === 'libs/providers/mock',
  })
  const inner = /(?:^[ \t]+|= )(?:async )?(?:function)?\*\s*(\w+)\(/gm
  const found = files
    .filter((file) => !isTest(file))
    .flatMap((file) => [...read(file).matchAll(inner)].map(([, name]) => `${file}: ${name}`))
  assert.deepEqual(found.sort(), innerGenerators)
})
