import { globSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

/** The files of tests below a pattern, without those of installed packages. */
export function findTests(pattern: string): string[] {
  return globSync(pattern, { cwd: root, exclude: (path) => path.includes('node_modules') })
    .filter((path) => path.endsWith('.test.ts'))
    .sort()
}

/** The unit tests: pure, so that many share one process, which loads each module once. */
export function findUnitTests(): string[] {
  return ['libs/**/*.test.ts', 'services/**/*.test.ts', 'infra/**/*.test.ts'].flatMap(findTests)
}
