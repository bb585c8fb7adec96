import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { median } from './median.ts'

const tmpfsType = 0x01021994
const blockBytes = 4096
const syncs = 200

/** What a disk does by itself: the median time of a 4 KiB write and its sync, into space that is allocated. */
export function probeDisk(directory: string): { syncMs: number; isMemory: boolean } {
  const path = join(directory, 'probe')
  const block = Buffer.alloc(blockBytes, 1)
  const file = openSync(path, 'w')
  for (let index = 0; index < syncs; index++) writeSync(file, block)
  fdatasyncSync(file)
  const times = Array.from({ length: syncs }, (_, index) => {
    const startedAtMs = performance.now()
    writeSync(file, block, 0, blockBytes, index * blockBytes)
    fdatasyncSync(file)
    return performance.now() - startedAtMs
  })
  closeSync(file)
  rmSync(path)
  return { syncMs: median(times), isMemory: statfsSync(directory).type === tmpfsType }
}

/**
 * The core that takes the disk's interrupts; undefined where none stands out. A process on another core waits longer for each sync: two
 * cores are to be woken.
 */
export function findCoreOfDisk(directory: string): number | undefined {
  const before = interruptsByCore()
  if (probeDisk(directory).isMemory) return undefined
  const rises = interruptsByCore().map((count, core) => count - before[core]!)
  const most = Math.max(...rises)
  return most > syncs / 2 ? rises.indexOf(most) : undefined
}

/** Of devices, whose lines have numbers; the system's own have names. */
function interruptsByCore(): number[] {
  const [head, ...lines] = readFileSync('/proc/interrupts', 'utf8').trim().split('\n')
  const cores = head!.trim().split(/\s+/).length
  const ofDevices = lines.map((line) => line.trim().split(/\s+/)).filter(([name]) => /^\d+:$/.test(name!))
  return Array.from({ length: cores }, (_, core) =>
    ofDevices.reduce((sum, columns) => sum + Number(columns[core + 1]), 0),
  )
}
