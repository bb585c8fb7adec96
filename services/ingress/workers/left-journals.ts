import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Journals of workers that there were when `AIRS_WORKERS` was larger. They may hold events that were not shipped.
 * @returns their directories.
 */
export async function leftJournals(ingressDirectory: string, workers: number): Promise<string[]> {
  const entries = await readdir(ingressDirectory, { withFileTypes: true }).catch(() => [])
  return entries.flatMap((entry) => {
    const number = Number(/^worker-(\d{1,4})$/.exec(entry.name)?.[1])
    return entry.isDirectory() && number > workers ? [join(ingressDirectory, entry.name, 'journal')] : []
  })
}
