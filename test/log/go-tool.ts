import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const cache = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'go')

function onPath(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/go/bin']
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file))
}

export const go = onPath('go')

/**
 * A program that others have written in Go, built once from the Go module proxy. The PATH is not searched: what is called
 * `fsck` there is another program.
 * @returns its path, or a sentence why there is none.
 */
export function goTool(name: string, module: string): { path: string } | { missing: string } {
  const path = join(cache, name)
  if (existsSync(path)) return { path }
  if (!go) return { missing: `go is not on the PATH; it builds ${name} from ${module}` }
  mkdirSync(cache, { recursive: true })
  try {
    execFileSync(go, ['install', module], {
      env: { ...process.env, GOBIN: cache },
      timeout: 300_000,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    return { path }
  } catch (error) {
    return { missing: `go install ${module} failed: ${(error as Error).message.split('\n').at(-1)}` }
  }
}
