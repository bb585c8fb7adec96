// Loaded into every process of the stack before its own code. Answers on a Unix socket how long the event loop was
// blocked by computing, at most, since it was asked last. CPU time is counted: a machine that is busy with other work
// makes nothing longer.
import { createServer } from 'node:net'
import { join } from 'node:path'
import { isMainThread } from 'node:worker_threads'

const directory = process.env.ATTACK_SOCKETS
const stepMs = 5

if (directory && isMainThread) {
  const read = () => {
    const { user, system } = process.threadCpuUsage()
    return user + system
  }
  let before = read()
  let longestUs = 0
  setInterval(() => {
    const now = read()
    longestUs = Math.max(longestUs, now - before)
    before = now
  }, stepMs).unref()
  createServer((socket) => {
    socket.on('error', () => {})
    socket.end(JSON.stringify({ longestBlockMs: longestUs / 1_000 }))
    longestUs = 0
  })
    .on('error', () => {})
    .listen(join(directory, `${process.pid}.sock`))
    .unref()
}
