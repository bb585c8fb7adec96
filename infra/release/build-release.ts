import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { billOfMaterials } from './bill-of-materials.ts'
import { buildTypeScriptSdk } from './build-typescript-sdk.ts'
import { versionOf } from './stamped-files.ts'

/**
 * Builds all artefacts of a commit into a folder: the source, the Python wheel, the npm package of the TypeScript SDK, the bill
 * of materials (validated against CycloneDX's schema by its own library), and `SHA256SUMS` of these. Only the commit decides on the bytes: times are the commit's, and nothing of the
 * working copy is read. Takes about half a minute, and needs PyPI the first time.
 * @returns the names of the files.
 */
export async function buildRelease(root: string, commit: string, out: string): Promise<string[]> {
  const seconds = Number(run('git', ['log', '-1', '--format=%ct', commit], root))
  const work = mkdtempSync(join(tmpdir(), 'airs-release-'))
  try {
    const tar = git(root, ['archive', '--format=tar', commit])
    run('tar', ['-xf', '-', '-C', work], root, process.env, tar)
    const version = versionOf(work)
    rmSync(out, { recursive: true, force: true })
    mkdirSync(out, { recursive: true })
    const name = `airs-cp-${version}`
    const source = git(root, ['archive', '--format=tar', `--prefix=${name}/`, commit])
    writeFileSync(join(out, `${name}.tar.gz`), gzipSync(source, { level: 9 }))
    const lockfile = JSON.parse(readFileSync(join(work, 'package-lock.json'), 'utf8'))
    const bom = billOfMaterials(lockfile, version, new Date(seconds * 1_000))
    const bomFile = join(out, `${name}.cdx.json`)
    writeFileSync(bomFile, `${JSON.stringify(bom, null, 2)}\n`)
    const python = installPython(root)
    run(python, [join(import.meta.dirname, 'validate-bill-of-materials.py'), bomFile], root)
    run('ln', ['-s', join(root, 'node_modules'), join(work, 'node_modules')], work)
    await buildTypeScriptSdk(work, join(work, 'npm-package'), out)
    buildWheel(python, work, out, seconds)
    const names = readdirSync(out).sort()
    const sums = names.map((file) => `${sha256(readFileSync(join(out, file)))}  ${file}\n`)
    writeFileSync(join(out, 'SHA256SUMS'), sums.join(''))
    return [...names, 'SHA256SUMS']
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** With what builds the wheel, and CycloneDX's own library, which validates the bill of materials. */
function installPython(root: string): string {
  const tools = join(root, 'node_modules', '.cache', 'release-python')
  const python = join(tools, 'bin', 'python')
  const requirements = join(import.meta.dirname, 'requirements.txt')
  const complete = join(tools, `complete-${sha256(readFileSync(requirements)).slice(0, 16)}`)
  if (!existsSync(complete)) {
    rmSync(tools, { recursive: true, force: true })
    run('python3', ['-m', 'venv', tools], root)
    run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements], root)
    writeFileSync(complete, '')
  }
  return python
}

function buildWheel(python: string, work: string, out: string, seconds: number): void {
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(seconds), PYTHONDONTWRITEBYTECODE: '1' }
  const sources = join(work, 'libs', 'sdk-python')
  run(python, ['-m', 'hatchling', 'build', '-t', 'wheel', '-d', out], sources, env)
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

function git(root: string, args: string[]): Buffer {
  const { status, stdout, stderr, error } = spawnSync('git', args, { cwd: root, maxBuffer: 1024 ** 3 })
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${error?.message ?? stderr}`)
  return stdout
}

function run(file: string, args: string[], cwd: string, env = process.env, input?: Buffer): string {
  const { status, stdout, stderr, error } = spawnSync(file, args, { cwd, env, input, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${file} ${args.join(' ')}: ${error?.message ?? stdout + stderr}`)
  return stdout.trim()
}
