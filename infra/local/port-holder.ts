import { readdir, readFile, readlink } from 'node:fs/promises'
import { commandLine } from './command-line.ts'

const listening = '0A'

/** Which process listens on a port, as `command (pid 12)`; undefined where the system does not say. */
export async function portHolder(port: number): Promise<string | undefined> {
  const inodes = await listeningInodes(port)
  if (inodes.size === 0) return undefined
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => [])
    for (const descriptor of descriptors) {
      const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '')
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1]
      if (inode && inodes.has(inode)) return `${shorten(commandLine(Number(pid)) ?? '')} (pid ${pid})`
    }
  }
  return undefined
}

async function listeningInodes(port: number): Promise<Set<string>> {
  const inodes = new Set<string>()
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const lines = (await readFile(table, 'utf8').catch(() => '')).split('\n').slice(1)
    for (const line of lines) {
      const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/)
      if (state === listening && inode && Number.parseInt(local.split(':')[1] ?? '', 16) === port)
        inodes.add(inode)
    }
  }
  return inodes
}

function shorten(command: string): string {
  const text = command.replace(/^\S*\//, '')
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}
