import type { Random } from './random.ts'

export const sectorBytes = 512

/** What a file system says no with. */
export function fileError(code: string, call: string, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: simulated, ${call} '${path}'`), { code, syscall: call, path })
}

/**
 * A file twice: as processes see it (`bytes`), and as it is on the platter. What differs is in `dirty`, by sector, and
 * in the size.
 */
export class SimulatedFile {
  bytes: Buffer = Buffer.alloc(0)
  platter: Buffer = Buffer.alloc(0)
  readonly dirty = new Set<number>()

  write(bytes: Uint8Array, at: number): void {
    this.#resize(Math.max(this.bytes.length, at + bytes.length))
    this.bytes.set(bytes, at)
    this.#soil(at, at + bytes.length)
  }

  truncate(size: number): void {
    const before = this.bytes.length
    this.#resize(size)
    if (size < before) this.#soil(size, before)
    else this.#soil(before, size)
  }

  /** Everything is on the platter now. */
  sync(): void {
    this.platter = Buffer.from(this.bytes)
    this.dirty.clear()
  }

  /** A synchronous write: these bytes are on the platter, and the size that they need. */
  syncRange(from: number, to: number): void {
    if (this.platter.length < to) this.platter = grown(this.platter, to)
    for (let sector = Math.floor(from / sectorBytes); sector * sectorBytes < to; sector++)
      this.#putDown(sector)
  }

  /** A sync that failed: some of it reached the platter, the rest never will, and nobody knows which. */
  failSync(random: Random): void {
    for (const sector of [...this.dirty]) {
      if (random.chance(0.5)) this.#putDown(sector)
      this.dirty.delete(sector)
    }
  }

  /** The power is gone: of what was not synced each sector is there or not, as it happened. */
  losePower(random: Random): void {
    const luck = random.pick([0, 0.3, 0.7, 1])
    if (this.bytes.length > this.platter.length && random.chance(0.5))
      this.platter = grown(this.platter, this.bytes.length)
    for (const sector of this.dirty) if (random.chance(luck)) this.#putDown(sector, random)
    if (this.bytes.length < this.platter.length && random.chance(0.5))
      this.platter = Buffer.from(this.platter.subarray(0, this.bytes.length))
    this.bytes = Buffer.from(this.platter)
    this.dirty.clear()
  }

  /** @param random where the sector may be torn: its first bytes new, the others as they were. */
  #putDown(sector: number, random?: Random): void {
    const from = sector * sectorBytes
    let to = Math.min(from + sectorBytes, this.bytes.length, this.platter.length)
    if (random?.chance(0.05)) to = Math.min(to, from + random.integer(0, sectorBytes))
    if (to > from) this.bytes.copy(this.platter, from, from, to)
    this.dirty.delete(sector)
  }

  #resize(size: number): void {
    if (size === this.bytes.length) return
    this.bytes =
      size < this.bytes.length ? Buffer.from(this.bytes.subarray(0, size)) : grown(this.bytes, size)
  }

  #soil(from: number, to: number): void {
    for (let sector = Math.floor(from / sectorBytes); sector * sectorBytes < to; sector++)
      this.dirty.add(sector)
  }
}

function grown(bytes: Buffer, size: number): Buffer {
  const larger = Buffer.alloc(size)
  bytes.copy(larger)
  return larger
}

type Change = { set: string; node: SimulatedNode } | { remove: string }

export type SimulatedNode = SimulatedFile | SimulatedDirectory

/** Names reach the platter in the order of the changes, as with a journaling file system, and at the latest at a sync. */
export class SimulatedDirectory {
  readonly entries = new Map<string, SimulatedNode>()
  readonly platter = new Map<string, SimulatedNode>()
  #unsynced: Change[] = []

  set(name: string, node: SimulatedNode): void {
    this.entries.set(name, node)
    this.#unsynced.push({ set: name, node })
  }

  remove(name: string): void {
    this.entries.delete(name)
    this.#unsynced.push({ remove: name })
  }

  /** Both names change in one step. */
  rename(from: string, to: string): void {
    const node = this.entries.get(from)!
    this.entries.delete(from)
    this.entries.set(to, node)
    this.#unsynced.push({ set: to, node }, { remove: from })
  }

  sync(): void {
    this.#putDown(this.#unsynced.length)
  }

  losePower(random: Random): void {
    let kept = random.chance(0.5) ? 0 : random.integer(0, this.#unsynced.length)
    // The two halves of a rename stay together.
    const [last, next] = [this.#unsynced[kept - 1], this.#unsynced[kept]]
    if (last && 'set' in last && next && 'remove' in next && this.platter.get(next.remove) === last.node)
      kept++
    this.#putDown(kept)
    this.#unsynced = []
    this.entries.clear()
    for (const [name, node] of this.platter) {
      this.entries.set(name, node)
      node.losePower(random)
    }
  }

  #putDown(count: number): void {
    for (const change of this.#unsynced.splice(0, count))
      if ('set' in change) this.platter.set(change.set, change.node)
      else this.platter.delete(change.remove)
  }
}

export type Flaws = {
  /** Syncs, and synchronous writes, that fail with EIO. */
  failingSyncs: number
  /** Writes that fail without a sync. */
  failingWrites: number
  isFull: boolean
  isReadOnly: boolean
  /** How much longer everything takes. */
  slowness: number
}

/** The disk of a machine: its processes die, it stays. */
export class Disk {
  readonly root = new SimulatedDirectory()
  readonly random: Random
  readonly flaws: Flaws = {
    failingSyncs: 0,
    failingWrites: 0,
    isFull: false,
    isReadOnly: false,
    slowness: 1,
  }
  capacityBytes = 64 * 1024 * 1024
  /** Writes under way; a crash leaves each of them half done. */
  readonly #underWay = new Set<{ file: SimulatedFile; bytes: Uint8Array; at: number; isSynced: boolean }>()

  constructor(random: Random) {
    this.random = random
  }

  begin(file: SimulatedFile, bytes: Uint8Array, at: number, isSynced: boolean): () => void {
    const write = { file, bytes: Buffer.from(bytes), at, isSynced }
    this.#underWay.add(write)
    return () => this.#underWay.delete(write)
  }

  /** @throws as the file system would. @returns how many bytes were written: as many as there is room for. */
  write(file: SimulatedFile, bytes: Uint8Array, at: number, isSynced: boolean, path: string): number {
    const { flaws, random } = this
    if (flaws.isReadOnly) throw fileError('EROFS', 'write', path)
    const growth = Math.max(0, at + bytes.length - file.bytes.length)
    const room = flaws.isFull ? 0 : Math.max(0, this.capacityBytes - this.usedBytes())
    const fits = growth <= room ? bytes.length : bytes.length - (growth - room)
    if (fits <= 0 && bytes.length > 0) throw fileError('ENOSPC', 'write', path)
    const written = bytes.subarray(0, fits)
    if (flaws.failingWrites > 0) {
      flaws.failingWrites--
      this.#leaveHalfDone(file, written, at, isSynced)
      throw fileError('EIO', 'write', path)
    }
    if (isSynced && flaws.failingSyncs > 0) {
      flaws.failingSyncs--
      file.write(written, at)
      file.failSync(random)
      throw fileError('EIO', 'write', path)
    }
    file.write(written, at)
    if (isSynced) file.syncRange(at, at + written.length)
    return written.length
  }

  sync(node: SimulatedNode, path: string): void {
    if (this.flaws.failingSyncs > 0) {
      this.flaws.failingSyncs--
      if (node instanceof SimulatedFile) node.failSync(this.random)
      throw fileError('EIO', 'fsync', path)
    }
    node.sync()
  }

  /** The processes are gone, the machine stays: what they had handed over is complete, or begun, or not. */
  loseProcesses(): void {
    for (const { file, bytes, at, isSynced } of this.#underWay) {
      const fate = this.random.pick(['half done', 'half done', 'complete', 'not begun'])
      if (fate === 'half done') this.#leaveHalfDone(file, bytes, at, isSynced)
      if (fate !== 'complete') continue
      file.write(bytes, at)
      if (isSynced) file.syncRange(at, at + bytes.length)
    }
    this.#underWay.clear()
  }

  losePower(): void {
    this.loseProcesses()
    this.root.losePower(this.random)
  }

  usedBytes(): number {
    const sizeOf = (node: SimulatedNode): number =>
      node instanceof SimulatedFile
        ? node.bytes.length
        : [...node.entries.values()].reduce((sum, entry) => sum + sizeOf(entry), 0)
    return sizeOf(this.root)
  }

  /** Some sectors of a write, in any order. */
  #leaveHalfDone(file: SimulatedFile, bytes: Uint8Array, at: number, isSynced: boolean): void {
    const luck = this.random.fraction()
    for (let from = at; from < at + bytes.length; ) {
      const to = Math.min(at + bytes.length, (Math.floor(from / sectorBytes) + 1) * sectorBytes)
      if (this.random.chance(luck)) {
        const torn = this.random.chance(0.1) ? from + this.random.integer(0, to - from) : to
        file.write(bytes.subarray(from - at, torn - at), from)
        if (isSynced && torn > from) file.syncRange(from, torn)
      }
      from = to
    }
  }
}
