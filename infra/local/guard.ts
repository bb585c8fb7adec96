import { spawn } from 'node:child_process'

/**
 * Has a process stopped when this process dies, however it dies. A shell waits on a pipe that nobody else holds; the
 * pipe closes with us. Returns the function that ends the watch.
 */
export function guard(pid: number, signal: NodeJS.Signals): () => void {
  const script = 'read -r released || kill -s "$1" "$0"'
  const shell = spawn('/bin/sh', ['-c', script, String(pid), signal.replace('SIG', '')], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  shell.on('error', () => {})
  shell.stdin.on('error', () => {})
  shell.unref()
  return () => shell.stdin.end('released\n')
}
