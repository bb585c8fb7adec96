import { execFileSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '../../infra/local/data-directory.ts'

/** The last commit of version 0.1.0, of which `test/fixtures/0.1.0` is. */
export const formerCommit = '81e22aa'

/** Why it cannot be had here: the history of a shallow clone, or of an archive, ends before it. */
export function whyNoFormerVersion(): string | undefined {
  try {
    git('cat-file', '-e', `${formerCommit}^{commit}`)
    return undefined
  } catch {
    return `this checkout has no commit ${formerCommit} (a shallow clone, or no history)`
  }
}

/**
 * Puts version 0.1.0 into a folder, with the packages that are installed here: it was made with the same versions of all that
 * its services use. Needs no network.
 */
export function unpackFormerVersion(folder: string): void {
  mkdirSync(folder, { recursive: true })
  const archive = execFileSync('git', ['archive', formerCommit], {
    cwd: repositoryRoot,
    maxBuffer: 512 * 1024 ** 2,
  })
  execFileSync('tar', ['-x', '-C', folder], { input: archive })
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, '@airs-cp'), { recursive: true })
  const installed = join(repositoryRoot, 'node_modules')
  for (const name of readdirSync(installed))
    if (name !== '@airs-cp') symlinkSync(join(installed, name), join(modules, name))
  for (const file of globSync('{libs,services}/*/package.json', { cwd: folder })) {
    const { name } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { name: string }
    const home = join(folder, file, '..')
    if (name.startsWith('@airs-cp/')) symlinkSync(home, join(modules, name))
    const own = join(repositoryRoot, file, '..', 'node_modules')
    if (existsSync(own) && !existsSync(join(home, 'node_modules')))
      symlinkSync(own, join(home, 'node_modules'))
  }
}

function git(...args: string[]): string {
  return execFileSync('git', args, {
    cwd: repositoryRoot,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}
