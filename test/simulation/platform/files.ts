import fs, { constants } from 'node:fs'
import { basename, dirname } from 'node:path'
import { type Disk, fileError, SimulatedDirectory, SimulatedFile, type SimulatedNode } from '../disk.ts'
import { KilledError, runningIn, type SimulatedProcess, type World } from '../world.ts'

/** Below this folder is the simulated disk of the machine whose process asks. */
export const diskRoot = '/simulated'

const firstDescriptor = 1_000_000
const syncMs = 0.4
const callMs = 0.05
/** How often a process is killed within a call that it makes on its own thread. */
const deathInCall = 1 / 20_000

type Open = {
  disk: Disk
  process: SimulatedProcess
  path: string
  node: SimulatedNode
  isSynced: boolean
  appends: boolean
}

/** Disks by machine. */
const disks = new Map<string, Disk>()
const open = new Map<number, Open>()
let nextDescriptor = firstDescriptor
/** Kills the process that makes a call, with its machine or without. */
let dieInCall: (process: SimulatedProcess) => void = () => {}

export function mountDisk(machine: string, disk: Disk): void {
  disks.set(machine, disk)
}

export function onDeathInCall(die: (process: SimulatedProcess) => void): void {
  dieInCall = die
}

/** Where the calling process finds a path. */
class Place {
  readonly path: string
  readonly disk: Disk
  readonly parent: SimulatedDirectory | undefined
  readonly name: string

  constructor(call: string, path: string) {
    const at = runningIn()
    const disk = at && disks.get(at.process.machine.name)
    if (!disk) throw fileError('ENOENT', call, path)
    this.path = path
    this.disk = disk
    this.name = basename(path)
    this.parent = path === diskRoot ? undefined : findDirectory(disk, dirname(path))
  }

  find(): SimulatedNode | undefined {
    return this.path === diskRoot ? this.disk.root : this.parent?.entries.get(this.name)
  }

  get(call: string): SimulatedNode {
    const node = this.find()
    if (!node) throw fileError('ENOENT', call, this.path)
    return node
  }

  /** @throws where nothing may change. */
  changing(call: string): SimulatedDirectory {
    if (!this.parent) throw fileError('ENOENT', call, this.path)
    if (this.disk.flaws.isReadOnly) throw fileError('EROFS', call, this.path)
    return this.parent
  }
}

function findDirectory(disk: Disk, path: string): SimulatedDirectory | undefined {
  let node: SimulatedNode | undefined = disk.root
  for (const part of path.slice(diskRoot.length).split('/').filter(Boolean)) {
    node = node instanceof SimulatedDirectory ? node.entries.get(part) : undefined
  }
  return node instanceof SimulatedDirectory ? node : undefined
}

function flagsOf(flags: string | number | undefined): number {
  if (typeof flags === 'number') return flags
  const { O_RDONLY, O_RDWR, O_WRONLY, O_CREAT, O_TRUNC, O_APPEND, O_EXCL } = constants
  const known: Record<string, number> = {
    r: O_RDONLY,
    'r+': O_RDWR,
    w: O_WRONLY | O_CREAT | O_TRUNC,
    wx: O_WRONLY | O_CREAT | O_EXCL,
    'w+': O_RDWR | O_CREAT | O_TRUNC,
    a: O_WRONLY | O_CREAT | O_APPEND,
  }
  return known[flags ?? 'r'] ?? unknown(`the flags ${flags}`)
}

function unknown(what: string): never {
  throw new Error(
    `The simulated file system does not know ${what}: add it to test/simulation/platform/files.ts`,
  )
}

function openNode(path: string, flags: string | number | undefined): number {
  const place = new Place('open', path)
  const bits = flagsOf(flags)
  let node = place.find()
  if (node && bits & constants.O_CREAT && bits & constants.O_EXCL) throw fileError('EEXIST', 'open', path)
  if (!node) {
    if (!(bits & constants.O_CREAT)) throw fileError('ENOENT', 'open', path)
    node = new SimulatedFile()
    place.changing('open').set(place.name, node)
  }
  if (bits & constants.O_TRUNC && node instanceof SimulatedFile) node.truncate(0)
  const descriptor = nextDescriptor++
  open.set(descriptor, {
    disk: place.disk,
    process: runningIn()!.process,
    path,
    node,
    isSynced: (bits & constants.O_DSYNC) === constants.O_DSYNC,
    appends: (bits & constants.O_APPEND) !== 0,
  })
  return descriptor
}

function described(descriptor: number, call: string): Open {
  const found = open.get(descriptor)
  if (!found) throw fileError('EBADF', call, String(descriptor))
  return found
}

function fileAt({ node, path }: { node: SimulatedNode; path: string }, call: string): SimulatedFile {
  if (node instanceof SimulatedFile) return node
  throw fileError('EISDIR', call, path)
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content) : content
}

function writeAt(descriptor: number, bytes: Uint8Array, position: number | null | undefined): number {
  const { disk, isSynced, appends, path, node } = described(descriptor, 'write')
  const file = fileAt({ node, path }, 'write')
  const at = appends || typeof position !== 'number' ? file.bytes.length : position
  return disk.write(file, bytes, at, isSynced, path)
}

function writeWhole(descriptor: number, content: string | Uint8Array): void {
  const bytes = bytesOf(content)
  for (let done = 0; done < bytes.length; ) done += writeAt(descriptor, bytes.subarray(done), null)
}

function readAt(
  descriptor: number,
  into: Uint8Array,
  from: number,
  length: number,
  position: number,
): number {
  const { bytes } = fileAt(described(descriptor, 'read'), 'read')
  const part = bytes.subarray(position, position + length)
  into.set(part, from)
  return part.length
}

function statOf(node: SimulatedNode) {
  const isFile = node instanceof SimulatedFile
  return { size: isFile ? node.bytes.length : 4096, isFile: () => isFile, isDirectory: () => !isFile }
}

function makeDirectory(path: string, recursive: boolean): void {
  const place = new Place('mkdir', path)
  const there = place.find()
  if (there && recursive && there instanceof SimulatedDirectory) return
  if (there) throw fileError('EEXIST', 'mkdir', path)
  if (!place.parent && recursive) {
    makeDirectory(dirname(path), true)
    makeDirectory(path, true)
    return
  }
  if (place.disk.flaws.isFull) throw fileError('ENOSPC', 'mkdir', path)
  place.changing('mkdir').set(place.name, new SimulatedDirectory())
}

function removeNode(path: string, call: 'unlink' | 'rmdir'): void {
  const place = new Place(call, path)
  const node = place.get(call)
  if (call === 'rmdir' && node instanceof SimulatedDirectory && node.entries.size > 0)
    throw fileError('ENOTEMPTY', call, path)
  place.changing(call).remove(place.name)
}

function renameNode(from: string, to: string): void {
  const [source, target] = [new Place('rename', from), new Place('rename', to)]
  const node = source.get('rename')
  if (source.parent !== target.parent) unknown('a rename from one folder to another')
  if (node instanceof SimulatedFile && target.find() instanceof SimulatedDirectory)
    throw fileError('EISDIR', 'rename', to)
  source.changing('rename').rename(source.name, target.name)
}

function removeAny(path: string, options: { force?: boolean; recursive?: boolean } = {}): void {
  const place = new Place('rm', path)
  const node = place.find()
  if (!node && options.force) return
  if (node instanceof SimulatedDirectory && !options.recursive) throw fileError('EISDIR', 'rm', path)
  place.get('rm')
  place.changing('rm').remove(place.name)
}

function readWhole(path: string): Buffer {
  const place = new Place('open', path)
  return Buffer.from(fileAt({ node: place.get('open'), path }, 'read').bytes)
}

function readDirectory(path: string): string[] {
  const node = new Place('scandir', path).get('scandir')
  if (!(node instanceof SimulatedDirectory)) throw fileError('ENOTDIR', 'scandir', path)
  return [...node.entries.keys()].sort()
}

function truncatePath(path: string, size: number): void {
  const place = new Place('truncate', path)
  const file = fileAt({ node: place.get('truncate'), path }, 'truncate')
  place.changing('truncate')
  file.truncate(size)
}

function syncDescriptor(descriptor: number): void {
  const { disk, node, path } = described(descriptor, 'fsync')
  disk.sync(node, path)
}

/** What another program would find there, such as one that holds a lock. */
export function existsOnDisk(path: string): boolean {
  return new Place('access', path).find() !== undefined
}

export function makeSocketFile(path: string): void {
  const place = new Place('listen', path)
  place.changing('listen').set(place.name, new SimulatedFile())
}

export function removeSocketFile(path: string): void {
  const place = new Place('unlink', path)
  if (place.find()) place.parent?.remove(place.name)
}

type Caller = { world: World; process: SimulatedProcess; disk: Disk }

function caller(): Caller {
  const at = runningIn()!
  const disk = disks.get(at.process.machine.name)
  if (!disk) throw new Error(`Machine ${at.process.machine.name} has no disk`)
  return { ...at, disk }
}

/** Blocks the thread: time goes by for all. The process may die before the call, or after it. */
function atOnce<Result>(meanMs: number, call: () => Result): Result {
  const { world, process, disk } = caller()
  const die = () => {
    dieInCall(process)
    throw new KilledError('died in a call')
  }
  if (!process.isAlive) throw new KilledError('is dead')
  if (world.random.chance(deathInCall)) die()
  world.nowMs += world.random.delay(meanMs * disk.flaws.slowness)
  const result = call()
  if (world.random.chance(deathInCall)) die()
  return result
}

/** On another thread: takes its time, and takes effect at its end. */
function later<Result>(label: string, meanMs: number, call: () => Result): Promise<Result> {
  const { world, process, disk } = caller()
  return new Promise((resolve, reject) => {
    const takesMs = 0.01 + world.random.delay(meanMs * disk.flaws.slowness)
    world.schedule(
      label,
      takesMs,
      () => {
        try {
          resolve(call())
        } catch (error) {
          reject(error)
        }
      },
      process,
    )
  })
}

function writeLater(descriptor: number, bytes: Uint8Array, position: number | null): Promise<number> {
  const { disk, node, path, isSynced, appends } = described(descriptor, 'write')
  const file = fileAt({ node, path }, 'write')
  const at = appends || position === null ? file.bytes.length : position
  const end = disk.begin(file, bytes, at, isSynced)
  return later('write', isSynced ? syncMs : callMs, () => {
    end()
    return writeAt(descriptor, bytes, position)
  })
}

/** As `FileHandle` of `node:fs/promises`, as far as it is used. */
class Handle {
  readonly fd: number

  constructor(fd: number) {
    this.fd = fd
  }

  async write(bytes: Uint8Array, from = 0, length = bytes.length - from, position: number | null = null) {
    const written = await writeLater(this.fd, bytes.subarray(from, from + length), position)
    return { bytesWritten: written, buffer: bytes }
  }

  async writeFile(content: string | Uint8Array) {
    const bytes = bytesOf(content)
    for (let done = 0; done < bytes.length; ) done += await writeLater(this.fd, bytes.subarray(done), null)
  }

  appendFile = this.writeFile

  async read(into: Uint8Array, from: number, length: number, position: number) {
    const bytesRead = await later('read', callMs, () => readAt(this.fd, into, from, length, position))
    return { bytesRead, buffer: into }
  }

  sync = () => later('fsync', syncMs, () => syncDescriptor(this.fd))
  datasync = () => later('fdatasync', syncMs, () => syncDescriptor(this.fd))
  stat = () => later('fstat', callMs, () => statOf(described(this.fd, 'fstat').node))
  truncate = (size: number) =>
    later('ftruncate', callMs, () => fileAt(described(this.fd, 'ftruncate'), 'ftruncate').truncate(size))
  close = () =>
    later('close', callMs, () => {
      open.delete(this.fd)
    });

  [Symbol.asyncDispose]() {
    return this.close()
  }
}

type Options = { encoding?: string; recursive?: boolean; force?: boolean; flag?: string; flush?: boolean }

function encodingOf(options: string | Options | undefined): BufferEncoding | undefined {
  return (typeof options === 'string' ? options : options?.encoding) as BufferEncoding | undefined
}

function decoded(bytes: Buffer, options: string | Options | undefined): string | Buffer {
  const encoding = encodingOf(options)
  return encoding ? bytes.toString(encoding) : bytes
}

function writePath(path: string, content: string | Uint8Array, options: Options = {}): void {
  const descriptor = openNode(path, options.flag ?? 'w')
  try {
    writeWhole(descriptor, content)
    if (options.flush) syncDescriptor(descriptor)
  } finally {
    open.delete(descriptor)
  }
}

const promised = {
  open: (path: string, flags?: string | number) =>
    later('open', callMs, () => new Handle(openNode(path, flags))),
  mkdir: (path: string, options?: Options) =>
    later('mkdir', callMs, () => makeDirectory(path, options?.recursive ?? false)),
  readdir: (path: string) => later('readdir', callMs, () => readDirectory(path)),
  rmdir: (path: string) => later('rmdir', callMs, () => removeNode(path, 'rmdir')),
  unlink: (path: string) => later('unlink', callMs, () => removeNode(path, 'unlink')),
  stat: (path: string) => later('stat', callMs, () => statOf(new Place('stat', path).get('stat'))),
  truncate: (path: string, size = 0) => later('truncate', callMs, () => truncatePath(path, size)),
  rename: (from: string, to: string) => later('rename', callMs, () => renameNode(from, to)),
  rm: (path: string, options?: Options) => later('rm', callMs, () => removeAny(path, options)),
  chmod: (path: string) => later('chmod', callMs, () => void new Place('chmod', path).get('chmod')),
  access: (path: string) => later('access', callMs, () => void new Place('access', path).get('access')),
  readFile: (path: string, options?: string | Options) =>
    later('readFile', callMs, () => decoded(readWhole(path), options)),
  writeFile: (path: string, content: string | Uint8Array, options?: Options) =>
    later('writeFile', callMs, () => writePath(path, content, options)),
  statfs: () => later('statfs', callMs, () => ({ type: 0xef53, bsize: 4096, bavail: 1 << 20 })),
}

const blocking = {
  openSync: (path: string, flags?: string | number) => atOnce(callMs, () => openNode(path, flags)),
  closeSync: (descriptor: number) => atOnce(0, () => void open.delete(descriptor)),
  writeSync: (
    descriptor: number,
    bytes: Uint8Array,
    from = 0,
    length = bytes.length - from,
    at: number | null = null,
  ) =>
    atOnce(described(descriptor, 'write').isSynced ? syncMs : callMs, () =>
      writeAt(descriptor, bytes.subarray(from, from + length), at),
    ),
  readSync: (descriptor: number, into: Uint8Array, from: number, length: number, position: number) =>
    atOnce(callMs, () => readAt(descriptor, into, from, length, position)),
  fstatSync: (descriptor: number) => atOnce(0, () => statOf(described(descriptor, 'fstat').node)),
  statSync: (path: string) => atOnce(0, () => statOf(new Place('stat', path).get('stat'))),
  existsSync: (path: string) => atOnce(0, () => existsOnDisk(path)),
  fsyncSync: (descriptor: number) => atOnce(syncMs, () => syncDescriptor(descriptor)),
  fdatasyncSync: (descriptor: number) => atOnce(syncMs, () => syncDescriptor(descriptor)),
  readdirSync: (path: string) => atOnce(callMs, () => readDirectory(path)),
  mkdirSync: (path: string, options?: Options) =>
    atOnce(callMs, () => makeDirectory(path, options?.recursive ?? false)),
  writeFileSync: (path: string, content: string | Uint8Array, options?: Options) =>
    atOnce(options?.flush ? syncMs : callMs, () => writePath(path, content, options)),
  readFileSync: (path: string, options?: string | Options) =>
    atOnce(callMs, () => decoded(readWhole(path), options)),
  renameSync: (from: string, to: string) => atOnce(callMs, () => renameNode(from, to)),
  rmSync: (path: string, options?: Options) => atOnce(callMs, () => removeAny(path, options)),
  unlinkSync: (path: string) => atOnce(callMs, () => removeNode(path, 'unlink')),
  chmodSync: (path: string) => atOnce(0, () => void new Place('chmod', path).get('chmod')),
  statfsSync: () => atOnce(0, () => ({ type: 0xef53, bsize: 4096, bavail: 1 << 20 })),
}

const calledBack = {
  write(
    descriptor: number,
    bytes: Uint8Array,
    from: number,
    length: number,
    position: number,
    done: (error: unknown, written?: number) => void,
  ): void {
    writeLater(descriptor, bytes.subarray(from, from + length), position).then(
      (written) => done(null, written),
      (error) => done(error),
    )
  },
}

type Functions = Record<string, (...given: never[]) => unknown>

/** The functions of `node:fs` work on the simulated disk where they are given a path or a descriptor of it. */
export function installFiles(): void {
  replace(fs as unknown as Functions, { ...blocking, ...calledBack })
  replace(fs.promises as unknown as Functions, promised)
}

function isSimulated(first: unknown): boolean {
  if (typeof first === 'number') return first >= firstDescriptor
  return typeof first === 'string' && (first === diskRoot || first.startsWith(`${diskRoot}/`))
}

function replace(real: Functions, simulated: Functions): void {
  for (const [name, original] of Object.entries(real)) {
    if (typeof original !== 'function' || /^[A-Z_]/.test(name)) continue
    const substitute = simulated[name] ?? (() => unknown(`the function ${name}`))
    real[name] = Object.assign((...given: never[]) => {
      return isSimulated(given[0]) ? substitute(...given) : original(...given)
    }, original)
  }
}
