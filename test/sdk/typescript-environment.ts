import { spawnSync } from 'node:child_process'
import { cpSync, globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildTypeScriptSdk } from '../../infra/release/build-typescript-sdk.ts'
import { attempt, stampsIn } from './steps.ts'

export type TypeScriptApp = {
  /** A project of a user: has the SDK and the client that it wraps, and nothing else of ours. */
  directory: string
  node: string
  /** Of the wrapped client. */
  openai: string
}

export type TypeScriptEnvironment = {
  tarball: string
  /** Has publint and attw in its `node_modules`. */
  tools: string
  apps: TypeScriptApp[]
}

const root = join(import.meta.dirname, '..', '..')
const libraries = join(root, 'libs')
const state = join(import.meta.dirname, '.typescript')
const stampOf = stampsIn(state)

/** The wrapped client: its newest version, one of the major before, for Node 20 too, and the oldest that is supported. */
const newest = '7.57.0'
const forOlderNode = '6.49.0'
const oldest = '5.23.2'
const oldestMajor = 20

/**
 * Builds and packs the SDK, and installs the tarball into projects that have nothing else of ours. What a run before has made
 * is used again where nothing has changed.
 */
export async function prepareTypeScript(): Promise<TypeScriptEnvironment> {
  mkdirSync(state, { recursive: true })
  const tarball = await pack()
  const apps = [
    makeApp(tarball, newest, process.execPath),
    makeApp(tarball, forOlderNode, olderNode() ?? process.execPath),
    makeApp(tarball, oldest, process.execPath),
  ]
  return { tarball, tools: installTools(), apps }
}

async function pack(): Promise<string> {
  const files = globSync('*/**/*.{ts,json,md}', { cwd: libraries, exclude: ['**/node_modules'] }).sort()
  const stamp = stampOf('pack', [
    join(root, 'package-lock.json'),
    ...files.map((file) => join(libraries, file)),
  ])
  const directory = join(state, 'package')
  if (!stamp.isCurrent()) {
    rmSync(directory, { recursive: true, force: true })
    await buildTypeScriptSdk(root, directory, directory)
    stamp.set()
  }
  return join(directory, globSync('*.tgz', { cwd: directory })[0]!)
}

function makeApp(tarball: string, openai: string, node: string): TypeScriptApp {
  const directory = join(state, `app-${openai}`)
  const stamp = stampOf(`app-${openai}`, [tarball])
  if (!stamp.isCurrent()) {
    console.log(`Installing the TypeScript SDK beside openai ${openai} …`)
    rmSync(directory, { recursive: true, force: true })
    mkdirSync(directory)
    const manifest = {
      private: true,
      type: 'module',
      dependencies: {
        '@airs-cp/sdk': `file:${tarball}`,
        openai,
        '@types/node': '24.19.2',
        zod: zodFor(openai),
      },
    }
    writeFileSync(join(directory, 'package.json'), JSON.stringify(manifest, undefined, 2))
    run('npm', ['install', '--loglevel=error', '--no-audit', '--no-fund', '--prefer-offline'], directory)
    stamp.set()
  }
  return { directory, node, openai }
}

/** What an app has beside that client: until version 6 it takes no zod 4. */
function zodFor(openai: string): string {
  return Number(openai.split('.')[0]) < 6 ? '3.25.76' : '4.6.7'
}

/** The `node` of the machine, where the SDK supports it and the newest wrapped client does not. */
function olderNode(): string | undefined {
  const { stdout } = spawnSync(
    'node',
    ['-p', 'process.versions.node.split(".")[0] + " " + process.execPath'],
    {
      encoding: 'utf8',
      env: { ...process.env, PATH: process.env.PATH?.replace(/[^:]*node_modules\/[^:]*:?/g, '') },
    },
  )
  const [major, path] = (stdout ?? '').trim().split(' ')
  return Number(major) >= oldestMajor && Number(major) < 22 ? path : undefined
}

function installTools(): string {
  const manifests = ['package.json', 'package-lock.json'].map((name) =>
    join(import.meta.dirname, 'typescript', name),
  )
  const tools = join(state, 'tools')
  const stamp = stampOf('tools', manifests)
  if (!stamp.isCurrent()) {
    console.log('Installing what checks the TypeScript SDK …')
    rmSync(tools, { recursive: true, force: true })
    mkdirSync(tools)
    for (const file of manifests) cpSync(file, join(tools, file.split('/').at(-1)!))
    run('npm', ['ci', '--loglevel=error', '--no-audit', '--no-fund', '--prefer-offline'], tools)
    stamp.set()
  }
  return tools
}

function run(file: string, args: string[], cwd: string): void {
  const { status, output } = attempt(file, args, cwd)
  if (status !== 0) throw new Error(`${file} ${args.join(' ')}: ${output}`)
}
