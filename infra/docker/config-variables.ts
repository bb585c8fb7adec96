import { dirname, join } from 'node:path'
import { repositoryRoot } from '../local/data-directory.ts'

export type ConfigVariables = { read: string[]; required: string[] }

/** The environment variables that the config.ts beside a service's entry reads, and those it cannot do without. */
export async function configVariables(entry: string): Promise<ConfigVariables> {
  const module: Record<string, unknown> = await import(join(repositoryRoot, dirname(entry), 'config.ts'))
  const readConfig = Object.entries(module).find(([name]) => /^read\w+Config$/.test(name))?.[1]
  if (typeof readConfig !== 'function') throw new Error(`${entry}: config.ts exports no read…Config`)
  const read = new Set<string>()
  const empty = new Proxy<NodeJS.ProcessEnv>({}, { get: (_, name) => void read.add(String(name)) })
  let complaint = ''
  try {
    readConfig(empty)
  } catch (error) {
    complaint = (error as Error).message
  }
  const required = [...complaint.matchAll(/(\w+) is not set/g)].map(([, name]) => name!)
  return { read: [...read], required }
}
