import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

export type SmallDisk = { path: string; setReadOnly: (readOnly: boolean) => void }

/** For tests: a file system of its own of `bytes`. Skips the test where it may not be mounted. */
export function smallDisk(t: TestContext, bytes: number): SmallDisk | undefined {
  const path = mkdtempSync(join(tmpdir(), 'journal-disk-'))
  const mount = (...args: string[]) => execFileSync('mount', args, { stdio: 'ignore' })
  try {
    mount('-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', path)
  } catch {
    rmSync(path, { recursive: true })
    t.skip('needs the right to mount a tmpfs, as root in Linux has')
    return undefined
  }
  t.after(() => {
    execFileSync('umount', ['-l', path])
    rmSync(path, { recursive: true })
  })
  return { path, setReadOnly: (readOnly) => mount('-o', `remount,${readOnly ? 'ro' : 'rw'}`, path) }
}
