import { chmod, open, unlink } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { JournalUnavailableError } from './errors.ts'

/** Holds a directory for one process. The kernel lets go of it when the process ends, however it ends. */
export type DirectoryLock = { release(): Promise<void> }

/**
 * Locks a directory by listening on a Unix socket in it: two writers would cut off each other's tails.
 * @throws JournalUnavailableError with reason `locked` while another process listens there.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const handle = await open(directory)
  try {
    const file = socketPath(directory, handle.fd)
    const server = (await listen(file)) ?? (await takeOver(directory, file))
    await chmod(file, 0o600)
    server.unref()
    return {
      release: async () => {
        await new Promise((resolve) => server.close(resolve))
        await handle.close()
      },
    }
  } catch (error) {
    await handle.close()
    throw error
  }
}

async function takeOver(directory: string, file: string): Promise<Server> {
  if (!(await answers(file))) {
    await unlink(file)
    const server = await listen(file)
    if (server) return server
  }
  throw new JournalUnavailableError(
    'locked',
    `Journal directory ${directory} is in use by another process; give each ingress its own`,
  )
}

/** The kernel takes at most 107 bytes as the path of a socket, so a long one is written by way of the open directory. */
function socketPath(directory: string, fd: number): string {
  const file = join(directory, 'lock.sock')
  return Buffer.byteLength(file) > 100 && process.platform === 'linux'
    ? `/proc/self/fd/${fd}/lock.sock`
    : file
}

function listen(file: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy())
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined)
      else reject(error)
    })
    server.listen(file, () => resolve(server))
  })
}

function answers(file: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(file)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
