import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { build } from 'esbuild'

/**
 * Makes the TypeScript SDK's npm package of the sources below `root` in `directory`, and packs it into `out`. One file of
 * JavaScript contains what it uses of our other libraries, which are not published; `openai` and its own dependencies stay
 * imports. The declarations name no library of ours.
 * @param root a checkout, or an extracted commit, with `node_modules`.
 */
export async function buildTypeScriptSdk(root: string, directory: string, out: string): Promise<void> {
  const sources = join(root, 'libs', 'sdk-typescript')
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(sources, 'package.json'), 'utf8'))
  await build({
    absWorkingDir: root,
    entryPoints: [join(sources, 'index.ts')],
    outfile: join(directory, 'dist', 'index.js'),
    tsconfig: join(sources, 'tsconfig.json'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.12',
    external: Object.keys({ ...dependencies, ...peerDependencies }),
    logLevel: 'warning',
  })
  copyDeclarations(root, sources, join(directory, 'dist'))
  for (const file of ['package.json', 'README.md']) cpSync(join(sources, file), join(directory, file))
  cpSync(join(root, 'LICENSE'), join(directory, 'LICENSE'))
  run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', out], directory)
}

/** Of `index.ts` and of all that its declarations refer to. @throws when one of them names a library of ours. */
function copyDeclarations(root: string, sources: string, out: string): void {
  const emitted = mkdtempSync(join(tmpdir(), 'airs-declarations-'))
  try {
    const compiler = join(root, 'node_modules', '.bin', 'tsc')
    run(process.execPath, [compiler, '-p', sources, '--outDir', emitted], root)
    const from = join(emitted, 'sdk-typescript')
    const copied = new Set<string>()
    const copy = (file: string) => {
      if (copied.has(file)) return
      copied.add(file)
      const text = readFileSync(file, 'utf8')
      const target = join(out, relative(from, file))
      mkdirSync(dirname(target), { recursive: true })
      cpSync(file, target)
      for (const [, name] of text.matchAll(/from '([^']+)'|import\("([^"]+)"\)/g)) {
        if (name?.startsWith('@airs-cp/'))
          throw new Error(`${relative(from, file)} declares what nobody has who installs it: ${name}`)
        if (name?.startsWith('.')) copy(join(dirname(file), name.replace(/\.js$/, '.d.ts')))
      }
    }
    copy(join(from, 'index.d.ts'))
  } finally {
    rmSync(emitted, { recursive: true, force: true })
  }
}

function run(file: string, args: string[], cwd: string): void {
  const { status, stdout, stderr, error } = spawnSync(file, args, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${file} ${args.join(' ')}: ${error?.message ?? stdout + stderr}`)
}
