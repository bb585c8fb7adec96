import { existsSync, globSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { attempt, stampsIn } from './steps.ts'

export type PythonApp = {
  /** Has the SDK as it is installed by a user, and nothing else of ours. */
  python: string
  /** Version of the wrapped client. */
  openai: string
}

export type PythonEnvironment = {
  /** The newest wrapped client first. */
  apps: PythonApp[]
  /** Has what the SDK is built and checked with. */
  tools: string
  wheel: string
  sdist: string
}

const root = join(import.meta.dirname, '..', '..')
const sources = join(root, 'libs', 'sdk-python')
const state = join(import.meta.dirname, '.python')
const stampOf = stampsIn(state)
/** The wrapped client: its newest version, the last of the major before, and the oldest that is supported. */
const versions = ['3.57.0', '2.54.0', '1.92.0']
const environment = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', DEBIAN_FRONTEND: 'noninteractive' }

class Missing extends Error {}

/**
 * Builds wheel and sdist, and installs the wheel into an environment that has nothing else of ours.
 * What a run before has made is used again where nothing has changed.
 */
export function preparePython(): PythonEnvironment | { missing: string } {
  try {
    const interpreter = findInterpreter()
    mkdirSync(state, { recursive: true })
    const forTools = join(import.meta.dirname, 'python', 'tools.txt')
    const tools = makeEnvironment(interpreter, 'tools', ['-r', forTools], [forTools])
    const { wheel, sdist } = build(tools)
    const apps = versions.map((openai) => ({ openai, python: makeApp(interpreter, wheel, openai) }))
    return { apps, tools, wheel, sdist }
  } catch (error) {
    if (error instanceof Missing) return { missing: error.message }
    throw error
  }
}

/** A Python of at least 3.10 that can make environments; as root on Debian the package for it is installed. */
export function findInterpreter(): string {
  const isFit = (name: string) =>
    attempt(name, ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))']).status === 0
  const names = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10']
  const found = names.find(isFit)
  if (found) return found
  if (process.getuid?.() === 0 && attempt('apt-get', ['--version']).status === 0) {
    console.log('Installing python3-venv …')
    attempt('apt-get', ['install', '-y', '-qq', 'python3', 'python3-venv'])
    if (isFit('python3')) return 'python3'
  }
  throw new Missing('there is no python3 of at least 3.10 with venv and ensurepip here')
}

function makeApp(interpreter: string, wheel: string, openai: string): string {
  const python = makeEnvironment(
    interpreter,
    `app-${openai}`,
    [wheel, `openai==${openai}`],
    [join(sources, 'pyproject.toml')],
  )
  const stamp = stampOf(`app-${openai}-wheel`, [wheel])
  if (!stamp.isCurrent()) {
    run(python, ['-m', 'pip', 'install', '--quiet', '--no-deps', '--force-reinstall', wheel])
    stamp.set()
  }
  return python
}

function makeEnvironment(interpreter: string, name: string, packages: string[], files: string[]): string {
  const directory = join(state, name)
  const python = join(directory, 'bin', 'python')
  const stamp = stampOf(name, files)
  if (stamp.isCurrent() && existsSync(python)) return python
  console.log(`Installing the Python packages of ${name} …`)
  rmSync(directory, { recursive: true, force: true })
  run(interpreter, ['-m', 'venv', directory])
  run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages])
  stamp.set()
  return python
}

function build(tools: string): { wheel: string; sdist: string } {
  const directory = join(state, 'dist')
  const files = globSync('{pyproject.toml,README.md,src/**/*,examples/**/*}', {
    cwd: sources,
    withFileTypes: true,
  })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('__pycache__'))
    .map((entry) => join(entry.parentPath, entry.name))
  const stamp = stampOf('dist', files.sort())
  if (!stamp.isCurrent()) {
    rmSync(directory, { recursive: true, force: true })
    run(tools, ['-m', 'hatchling', 'build', '-d', directory], sources)
    stamp.set()
  }
  const one = (pattern: string) => join(directory, globSync(pattern, { cwd: directory })[0]!)
  return { wheel: one('*.whl'), sdist: one('*.tar.gz') }
}

function run(file: string, args: string[], cwd = state): void {
  const { status, output } = attempt(file, args, cwd, environment)
  if (status === 0) return
  const last = output.trim().split('\n').at(-1)
  if (/No matching distribution|NewConnectionError|Temporary failure|Max retries|timed out/.test(output))
    throw new Missing(`PyPI cannot be reached: ${last}`)
  throw new Error(`${file} ${args.join(' ')}: ${output}`)
}
