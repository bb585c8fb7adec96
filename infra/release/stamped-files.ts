import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A place outside package.json of the root that names the version. */
type Stamp = { files: string[]; pattern: RegExp }

const stamps: Stamp[] = [
  {
    files: ['libs/*/package.json', 'services/*/package.json', 'services/console/web/package.json'],
    pattern: /(?<=^ {2}"version": ")[^"]+/m,
  },
  { files: ['libs/sdk-python/pyproject.toml'], pattern: /(?<=^version = ")[^"]+/m },
  { files: ['infra/k8s/overlays/production/kustomization.yaml'], pattern: /(?<=newTag: )\S+/ },
  { files: ['docs/integration.md'], pattern: /(?<=newTag: )\d+\.\d+\.\d+(?:-\w+)?/ },
  {
    files: ['docs/deployment.md'],
    pattern: /(?<=registry\.example\.com\/airs-cp:)\d+\.\d+\.\d+(?:-\w+)?/g,
  },
]

export const versionOf = (root: string): string =>
  JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version

/** Every file that names the version, by path, with the content that it has to have. @throws when one names none. */
export function stampedFiles(root: string, version: string): Map<string, string> {
  const stamped = new Map<string, string>()
  for (const { files, pattern } of stamps)
    for (const file of globSync(files, { cwd: root }).sort()) {
      const text = readFileSync(join(root, file), 'utf8')
      if (text.search(pattern) < 0) throw new Error(`${file} has no place for the version: ${pattern}`)
      stamped.set(file, text.replace(pattern, version))
    }
  stamped.set(
    'package-lock.json',
    stampedLockfile(readFileSync(join(root, 'package-lock.json'), 'utf8'), version),
  )
  return stamped
}

function stampedLockfile(text: string, version: string): string {
  const lockfile: { version: string; packages: Record<string, { version?: string }> } = JSON.parse(text)
  lockfile.version = version
  for (const [path, entry] of Object.entries(lockfile.packages))
    if (!path.includes('node_modules') && entry.version !== undefined) entry.version = version
  return `${JSON.stringify(lockfile, null, 2)}\n`
}
