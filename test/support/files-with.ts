import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Files below a directory whose bytes contain `text`. */
export function filesWith(directory: string, text: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(text))
}
