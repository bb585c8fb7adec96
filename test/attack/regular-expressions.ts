import { globSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { attempt, stampsIn } from '../sdk/steps.ts'

const root = join(import.meta.dirname, '..', '..')
/** Of the clock, which a busy machine uses up; what bounds the search are its steps, which are the same everywhere. */
const limitMs = 600_000
const atOnce = 2

/**
 * Expressions whose time grows faster than the text, or that are too large to be decided, and why that harms nobody. A text
 * that these see has a length that does not come from outside.
 */
const bounded: Record<string, string> = {
  'infra/': 'reads files of the repository and the output of its own programs',
  'libs/cli/': 'reads the output of our own services',
  'libs/sdk-typescript/': 'reads a base URL that the developer sets',
  'services/console/web/src/policies/complete-policy.ts': 'sees at most 1,000 characters of a line',
  'libs/detectors/pii/national-id.ts': 'matches at one place, and some thirty characters at most',
  'libs/detectors/pii/spoken-values.ts': 'sees at most 160 characters of a text',
  'libs/detectors/secrets/assignment.ts': 'sees at most 120 characters of a text',
  'libs/detectors/secrets/cli-password.ts': 'sees at most 160 characters of a text',
  'libs/detectors/secrets/plausibility.ts': 'sees one value, which is bounded in length',
}

/**
 * Judges every regular expression of the services and the libraries they use: those that are written, and those that are
 * put together when the libraries are loaded.
 * @returns a sentence for each whose time on some text grows faster than the length of the text.
 */
export async function checkRegularExpressions(): Promise<string[]> {
  install()
  const { check } = (await import(pathOf('recheck'))) as Recheck
  const found = [...(await written()), ...(await putTogether())]
  const verdicts = new Map<string, Promise<string | undefined>>()
  const judge = async (source: string, flags: string) => {
    const { status, complexity } = await check(source, flags, {
      ...{ timeout: limitMs, incubationTimeout: limitMs, attackTimeout: limitMs },
    })
    if (status === 'safe') return undefined
    return complexity?.summary ?? `not decided within ${limitMs} ms`
  }
  const problems: string[] = []
  const waiting = found.filter(({ file }) => !Object.keys(bounded).some((path) => file.startsWith(path)))
  const judgeAll = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { file, source, flags } = next
      const key = `/${source}/${flags}`
      if (!verdicts.has(key)) verdicts.set(key, judge(source, flags))
      const why = await verdicts.get(key)
      if (why) problems.push(`${file}: ${key.slice(0, 120)} is ${why}`)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, judgeAll))
  if (found.length < 300) problems.push(`only ${found.length} expressions were found`)
  return problems
}

type Recheck = {
  check: (
    source: string,
    flags: string,
    options: { timeout: number; incubationTimeout: number; attackTimeout: number },
  ) => Promise<{ status: string; complexity?: { summary: string } }>
}
type Acorn = {
  tokenizer: (code: string, options: object) => Iterable<{ type: object; value: unknown }>
  tokTypes: { regexp: object }
}
type Expression = { file: string; source: string; flags: string }

async function written(): Promise<Expression[]> {
  const { tokenizer, tokTypes } = (await import(pathOf('acorn'))) as Acorn
  const files = globSync('{libs,services,infra}/**/*.ts', {
    cwd: root,
    exclude: (path) => path.includes('node_modules'),
  }).filter((file) => !/\.(test|property\.test)\.ts$|\/(evaluation|fixtures)\//.test(file))
  return files.flatMap((file) => {
    const code = stripTypeScriptTypes(readFileSync(join(root, file), 'utf8'))
    const options = { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true } as const
    return [...tokenizer(code, options)].flatMap((token) => {
      if (token.type !== tokTypes.regexp) return []
      const { pattern, flags } = token.value as { pattern: string; flags: string }
      return [{ file, source: pattern, flags: flags.replace('d', '') }]
    })
  })
}

/** Those of `new RegExp(…)`, noticed while the libraries that read outside text are loaded. */
async function putTogether(): Promise<Expression[]> {
  const native = globalThis.RegExp
  const found: Expression[] = []
  globalThis.RegExp = new Proxy(native, {
    construct(target, args) {
      const made = Reflect.construct(target, args) as RegExp
      const file = new native(`${root}/((?:libs|services)/[^:)]+)`).exec(new Error().stack ?? '')?.[1]
      if (file) found.push({ file, source: made.source, flags: made.flags.replace('d', '') })
      return made
    },
  })
  try {
    for (const library of ['detectors', 'policy-engine', 'providers'])
      await import(join(root, 'libs', library, 'index.ts'))
  } finally {
    globalThis.RegExp = native
  }
  return found
}

function pathOf(name: string): string {
  const path = join(import.meta.dirname, 'node_modules', name)
  const { module, main } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'))
  return join(path, main ?? module)
}

/** Installs what `package-lock.json` names, where that has changed. */
function install(): void {
  const directory = import.meta.dirname
  const stamp = stampsIn(join(directory, 'node_modules'))('tools', [join(directory, 'package-lock.json')])
  if (stamp.isCurrent()) return
  const { status, output } = attempt('npm', ['ci', '--loglevel=error'], directory)
  if (status !== 0) throw new Error(`npm ci failed in ${directory}: ${output}`)
  stamp.set()
}
