import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

/** Digest of everything that a build is made from: the sources, the build itself and the versions of the packages. */
export function fingerprint(): string {
  const hash = createHash('sha256')
  for (const file of globSync(['src/**/*', 'build/*', 'index.html', 'package.json'], { cwd: root }).sort()) {
    if (!/\.\w+$/.test(file) || file.includes('.generated.')) continue
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0')
  }
  return hash.digest('hex')
}
