import { statfs } from 'node:fs/promises'

/** What the file system of a directory can be trusted with. */
export type FileSystem = {
  name: string
  /** Several machines may see the directory. */
  isShared: boolean
  /** Why a write that was synced may be lost in a power cut; undefined where it is not. */
  doubt: string | undefined
}

const overNetwork = 'another machine decides when a write is on its disk'
const bySettings = 'a program decides whether a sync reaches a disk'
const inMemory = 'it is in memory'

/** By the numbers of Linux (statfs(2), linux/magic.h). */
const kinds: Record<number, FileSystem> = {
  26985: { name: 'NFS', isShared: true, doubt: overNetwork },
  20859: { name: 'SMB', isShared: true, doubt: overNetwork },
  4283649346: { name: 'CIFS', isShared: true, doubt: overNetwork },
  4266872130: { name: 'SMB2', isShared: true, doubt: overNetwork },
  12805120: { name: 'CephFS', isShared: true, doubt: overNetwork },
  1397113167: { name: 'AFS', isShared: true, doubt: overNetwork },
  198183888: { name: 'Lustre', isShared: true, doubt: overNetwork },
  1196443219: { name: 'GPFS', isShared: true, doubt: overNetwork },
  1952539503: { name: 'OCFS2', isShared: true, doubt: undefined },
  18225520: { name: 'GFS2', isShared: true, doubt: undefined },
  16914839: { name: '9P', isShared: true, doubt: overNetwork },
  2020557398: { name: 'VirtualBox shared folder', isShared: true, doubt: overNetwork },
  1702057286: { name: 'FUSE', isShared: true, doubt: bySettings },
  16914836: { name: 'tmpfs', isShared: false, doubt: inMemory },
  2240043254: { name: 'ramfs', isShared: false, doubt: inMemory },
}

/** Undefined for a local file system, and where it cannot be known. */
export async function describeFileSystem(directory: string): Promise<FileSystem | undefined> {
  if (process.platform !== 'linux') return undefined
  try {
    return kinds[(await statfs(directory)).type]
  } catch {
    return undefined
  }
}
