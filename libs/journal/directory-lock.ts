import { chmod, unlink } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { join, relative } from 'node:path'
import { JournalUnavailableError } from './errors.ts'

/** Holds a directory for one process. The kernel lets go of it when the process ends, however it ends. */
export type DirectoryLock = { release(): Promise<void> }

/**
 * Locks a directory by listening on a Unix socket in it: two writers would cut off each other's tails.
 * @throws JournalUnavailableError with reason `locked` while another process listens there.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const file = socketPath(join(directory, 'lock.sock'))
  let server = await listen(file)
  if (!server) {
    if (await answers(file)) {
      throw new JournalUnavailableError(
        'locked',
        `Journal directory ${directory} is in use by another process; give each ingress its own`,
      )
    }
    await unlink(file)
    server = await listen(file)
    if (!server) {
      throw new JournalUnavailableError('locked', `Journal directory ${directory} was just taken by another`)
    }
  }
  await chmod(file, 0o600).catch(() => undefined)
  const held = server
  held.unref()
  return { release: () => new Promise((resolve) => held.close(() => resolve())) }
}

/** Socket paths are limited to about 100 bytes, so the shorter of the absolute and the relative path. */
function socketPath(file: string): string {
  const short = relative(process.cwd(), file)
  return short.length < file.length ? short : file
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
