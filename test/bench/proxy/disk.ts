import { closeSync, fdatasyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
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
