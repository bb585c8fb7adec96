import { randomInt } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const lowest = 20_000
const highest = 32_000

/**
 * A free port on 127.0.0.1, below the range that the system hands to outgoing connections, so that a server
 * finds its port free again when it is restarted. No other process gets it from here as long as this one lives: two
 * stacks that start beside each other would otherwise pick the same before either listens.
 * @param preferred taken when it is free.
 */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isPortFree(preferred, '127.0.0.1'))) return preferred
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = randomInt(lowest, highest)
    if (claim(port) && (await isPortFree(port, '127.0.0.1'))) return port
  }
  throw new Error(`No free port between ${lowest} and ${highest} in 100 attempts`)
}

const directory = join(tmpdir(), `airs-ports-${process.getuid?.() ?? 0}`)
const claimed: string[] = []

/** Whether the port is this process's from now on. What a process that is gone had claimed is anybody's. */
function claim(port: number): boolean {
  const file = join(directory, String(port))
  mkdirSync(directory, { recursive: true })
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
  } catch {
    if (isHeld(file)) return false
    rmSync(file, { force: true })
    return claim(port)
  }
  if (claimed.push(file) === 1) process.once('exit', releaseAll)
  return true
}

function isHeld(file: string): boolean {
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function releaseAll(): void {
  for (const file of claimed) rmSync(file, { force: true })
}

/** Whether a server could listen there now; true also where the machine does not have the address. */
export function isPortFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false)
      else if (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT') resolve(true)
      else reject(error)
    })
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)))
  })
}
