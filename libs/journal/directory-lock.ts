import { access, chmod, open, unlink } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { LeaseTakenError, type LeaseTimes, leaseDirectory } from './directory-lease.ts'
import { JournalUnavailableError } from './errors.ts'

/** Holds a directory for one process. */
export type DirectoryLock = {
  /** False once another process may have taken over. What was synced by then is safe, what follows is not. */
  isHeld(): boolean
  release(): Promise<void>
}

export type LockOptions = {
  /** Several machines see the directory, so the kernel of one does not suffice. */
  isShared?: boolean
  /** The lock is lost while it is in use. */
  onLost?: () => void
  leaseTimes?: LeaseTimes
  listen?: typeof listen
}

/**
 * Locks a directory: two writers would cut off each other's tails. By listening on a Unix socket in it, which the kernel
 * lets go of when the process ends, however it ends. By a lease where there can be no socket, and by both where several
 * machines see the directory.
 * @throws JournalUnavailableError with reason `locked` while another process has it.
 */
export async function lockDirectory(directory: string, options: LockOptions = {}): Promise<DirectoryLock> {
  const { isShared = false, onLost = () => {}, leaseTimes } = options
  const socket = await lockBySocket(directory, options.listen ?? listen)
  if (socket && !isShared) return socket
  try {
    const lease = await leaseDirectory(directory, onLost, leaseTimes)
    return {
      isHeld: lease.isHeld,
      release: async () => {
        await lease.release()
        await socket?.release()
      },
    }
  } catch (error) {
    await socket?.release()
    throw error instanceof LeaseTakenError ? inUse(directory, error.message) : error
  }
}

/**
 * Undefined where no socket can be made, whatever the error: file systems say ENOSYS, EPERM, EROFS and more. Whether a
 * file can be written, the lease finds out.
 */
async function lockBySocket(directory: string, listenOn: typeof listen): Promise<DirectoryLock | undefined> {
  const handle = await open(directory)
  try {
    const file = socketPath(directory, handle.fd)
    const server = (await listenOn(file)) ?? (await takeOver(directory, file, listenOn))
    await chmod(file, 0o600).catch(() => {})
    server.unref()
    return {
      isHeld: () => true,
      release: async () => {
        await new Promise((resolve) => server.close(resolve))
        await handle.close()
      },
    }
  } catch (error) {
    await handle.close()
    if (error instanceof JournalUnavailableError || (await hasSocket(directory))) throw error
    return undefined
  }
}

function hasSocket(directory: string): Promise<boolean> {
  return access(join(directory, 'lock.sock')).then(
    () => true,
    () => false,
  )
}

async function takeOver(directory: string, file: string, listenOn: typeof listen): Promise<Server> {
  if (!(await isListening(file))) {
    await unlink(file)
    const server = await listenOn(file)
    if (server) return server
  }
  throw inUse(directory, 'another process')
}

function inUse(directory: string, holder: string): JournalUnavailableError {
  return new JournalUnavailableError(
    'locked',
    `Journal directory ${directory} is in use by ${holder}; give each ingress its own`,
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

function isListening(file: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(file)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
