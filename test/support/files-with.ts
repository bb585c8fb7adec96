import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Files below a directory whose bytes contain `text`; files and folders that vanish meanwhile have none. */
export function filesWith(directory: string, text: string): string[] {
  const entries = unlessGone(() => readdirSync(directory, { withFileTypes: true })) ?? []
  return entries.flatMap((entry) => {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) return filesWith(path, text)
    return entry.isFile() && unlessGone(() => readFileSync(path))?.includes(text) ? [path] : []
  })
}

function unlessGone<Result>(read: () => Result): Result | undefined {
  try {
    return read()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
