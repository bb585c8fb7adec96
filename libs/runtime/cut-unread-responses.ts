import type { Server } from 'node:http'
import type { Server as TlsServer } from 'node:https'
import type { Socket } from 'node:net'

/** The part of a socket's handle that says how much the kernel has not taken yet; Node's own timeouts read it too. */
type Handle = { writeQueueSize?: number }

/**
 * Cuts connections whose clients do not read: a response that makes no progress for `timeoutMs` holds memory that is
 * everybody's. A response that waits for its provider has nothing to send and is left alone.
 * @returns stops it.
 */
export function cutUnreadResponses(server: Server | TlsServer, timeoutMs: number): () => void {
  const open = new Map<Socket, { progress: string; sinceMs: number }>()
  const note = (socket: Socket) => {
    open.set(socket, { progress: '', sinceMs: performance.now() })
    socket.once('close', () => open.delete(socket))
  }
  const event = 'setSecureContext' in server ? 'secureConnection' : 'connection'
  server.on(event, note)
  const look = () => {
    const now = performance.now()
    for (const [socket, seen] of open) {
      const waiting = socket.writableLength + (handleOf(socket)?.writeQueueSize ?? 0)
      const progress = waiting === 0 ? '' : `${waiting} ${socket.bytesWritten}`
      if (waiting === 0 || progress !== seen.progress) {
        seen.progress = progress
        seen.sinceMs = now
      } else if (now - seen.sinceMs >= timeoutMs) socket.destroy()
    }
  }
  const timer = setInterval(look, Math.max(20, Math.min(5_000, timeoutMs / 4))).unref()
  return () => {
    clearInterval(timer)
    server.off(event, note)
  }
}

function handleOf(socket: Socket): Handle | null | undefined {
  return (socket as { _handle?: Handle | null })._handle
}
