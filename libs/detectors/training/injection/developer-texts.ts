import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { hashText } from '../../injection/hash.ts'

/** Files of dependencies that developers show to models. */
const shown = /^(?:readme.*\.md|changelog\.md|package\.json|.*\.d\.ts|index\.js|main\.js|.*\.ya?ml)$/i
const mostPerPackage = 6
const mostCharacters = 2400

/**
 * Harmless texts as other repositories have them: parts of files of installed dependencies, which the lock file pins. One in four
 * packages is kept out of training, by its name, to measure on.
 */
export function developerTexts(nodeModules: string): { text: string; isHeldOut: boolean }[] {
  return packagesIn(nodeModules).flatMap((name) => {
    const isHeldOut = (hashText(name) >>> 3) % 4 === 0
    return filesIn(join(nodeModules, name), 2)
      .filter((path) => shown.test(path.slice(path.lastIndexOf('/') + 1)))
      .slice(0, mostPerPackage)
      .flatMap((path) => partsOf(readFileSync(path, 'utf8')).map((text) => ({ text, isHeldOut })))
  })
}

function partsOf(text: string): string[] {
  const parts = []
  for (let start = 0; start < text.length && parts.length < 3; start += mostCharacters)
    parts.push(text.slice(start, start + mostCharacters))
  return parts.filter((part) => part.trim().length > 40)
}

function packagesIn(nodeModules: string): string[] {
  return readdirSync(nodeModules, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .flatMap(({ name }) =>
      name.startsWith('@') ? readdirSync(join(nodeModules, name)).map((inner) => `${name}/${inner}`) : [name],
    )
    .filter((name) => !name.startsWith('@airs-cp/'))
    .sort()
}

function filesIn(folder: string, depth: number): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isFile()) return [path]
      return entry.isDirectory() && depth > 0 && entry.name !== 'node_modules' ? filesIn(path, depth - 1) : []
    })
}
