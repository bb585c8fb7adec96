import { readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Stack } from '../../infra/local/stack.ts'
import { processes } from '../../infra/processes.ts'

/** What an attack cost each process, by its name. */
export type Costs = Record<string, { peakBytes: number; longestBlockMs: number }>

/** Begins to count anew, so that `read` says what it was since then. */
export function createCosts(stack: Stack, sockets: string) {
  const pids = () => processes.map(({ name }) => ({ name, pid: stack.process(name).pid! }))

  async function readAll(): Promise<Costs> {
    const entries = await Promise.all(
      pids().map(async ({ name, pid }) => [
        name,
        { peakBytes: peakOf(pid), longestBlockMs: await longestBlockOf(join(sockets, `${pid}.sock`)) },
      ]),
    )
    return Object.fromEntries(entries)
  }

  return {
    async reset() {
      await readAll()
      for (const { pid } of pids()) resetPeak(pid)
    },
    read: readAll,
  }
}

/** Largest resident memory of a process. Linux only. */
function peakOf(pid: number): number {
  const kibibytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kibibytes) * 1_024
}

function resetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

async function longestBlockOf(path: string): Promise<number> {
  const { longestBlockMs } = JSON.parse(await text(connect(path))) as { longestBlockMs: number }
  return longestBlockMs
}
